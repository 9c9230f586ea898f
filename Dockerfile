# For JupyterHub: Jupyter's own image, with the package in it and torch's CPU build.
# docker build -t mnist-lab .
FROM quay.io/jupyter/minimal-notebook:python-3.12

COPY --chown=${NB_UID}:${NB_GID} . /opt/mnist-lab
WORKDIR /opt/mnist-lab
RUN python -m pip install --no-cache-dir --no-deps -c requirements.txt torch torchvision \
        --index-url https://download.pytorch.org/whl/cpu && \
    python -m pip install --no-cache-dir -c requirements.txt ".[lab,draw,camera]"

# A hub mounts each learner's home over the image's, so their copies are written when their server starts.
# What is there already is never overwritten.
USER root
RUN printf '%s\n' '#!/bin/bash' 'mnist-lab start "$HOME/my-lessons"' \
        > /usr/local/bin/before-notebook.d/90-mnist-lab && \
    chmod +x /usr/local/bin/before-notebook.d/90-mnist-lab
USER ${NB_UID}
WORKDIR ${HOME}
