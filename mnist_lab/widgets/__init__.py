"""Pictures with controls: a thin slider over a function of plots, and a picture where nothing can be live."""
