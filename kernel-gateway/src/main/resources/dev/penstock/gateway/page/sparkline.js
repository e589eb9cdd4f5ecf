"use strict";

/** The last values of something, drawn as a line. */
class Sparkline {
  static LENGTH = 60;
  static WIDTH = 96;
  static HEIGHT = 22;

  /** @param {number} least the scale's end is never below this */
  constructor(least) {
    this.least = least;
    this.values = [];
    this.svg = Sparkline.element("svg", {
      viewBox: `0 0 ${Sparkline.WIDTH} ${Sparkline.HEIGHT}`,
      width: Sparkline.WIDTH,
      height: Sparkline.HEIGHT,
      class: "spark",
      "aria-hidden": "true", // the number beside it says it in words
    });
    this.area = this.svg.appendChild(Sparkline.element("polygon", {}));
    this.line = this.svg.appendChild(Sparkline.element("polyline", {}));
  }

  static element(name, attributes) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) {
      made.setAttribute(key, value);
    }
    return made;
  }

  /** Adds the newest value; the oldest goes. */
  add(value) {
    this.values.push(value);
    if (this.values.length > Sparkline.LENGTH) {
      this.values.shift();
    }
    const most = Math.max(this.least, ...this.values);
    const step = Sparkline.WIDTH / (Sparkline.LENGTH - 1);
    const first = Sparkline.LENGTH - this.values.length;
    const low = Sparkline.HEIGHT - 1;
    const points = this.values.map(
      (each, i) => `${((first + i) * step).toFixed(1)},${(low - (each / most) * (low - 2)).toFixed(1)}`,
    );
    this.line.setAttribute("points", points.join(" "));
    const left = (first * step).toFixed(1);
    this.area.setAttribute("points", `${left},${low} ${points.join(" ")} ${Sparkline.WIDTH},${low}`);
  }
}
