// The one name that these pages add to the window. Every other file hands over a function with
// Alive.part; it is called at once, and its text is kept, because a worker is made of these texts
// (a page opened from file:// may not load a worker from a file of its own).

const Alive = {
  parts: [],
  part(add) {
    Alive.parts.push(add);
    add(Alive);
  },
};

Alive.part((Alive) => {
  // Bytes from base64, in which write_parts.py stores what a script file cannot hold as numbers.
  Alive.bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

  // Numbers from 0 to 1 that look random and are the same again for the same seed (mulberry32).
  Alive.random = (seed) => () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), seed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };

  // An element of the page with children, elements or texts, and attributes: a function is what such an
  // event does.
  Alive.element = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes))
      if (value instanceof Function) element.addEventListener(name, value);
      else if (value !== undefined) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };

  // A number as it is read, with a minus sign as wide as a plus; a share as per cent.
  Alive.written = (value, places = 2) => value.toFixed(places).replace("-", "−");
  Alive.percent = (share) => `${Alive.written(100 * share, 1)} %`;
});

// Light or dark as the reader chose it in the lessons' pages, else as the system has it.
try {
  const theme = localStorage.getItem("theme");
  if (["light", "dark"].includes(theme)) document.documentElement.style.colorScheme = theme;
} catch {
  // some browsers keep no storage for pages from files
}
