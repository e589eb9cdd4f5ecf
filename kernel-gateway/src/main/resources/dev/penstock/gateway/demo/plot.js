const KEPT = 300;
const MARGIN = 14;

/** The latest values of a stream as a line that runs. */
export class Plot {
  #canvas;
  #values = [];
  #count = 0;
  #due = false;

  constructor(canvas) {
    this.#canvas = canvas;
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#later());
    new ResizeObserver(() => this.#later()).observe(canvas);
  }

  /** How many values it was given. */
  get count() {
    return this.#count;
  }

  clear() {
    this.#values = [];
    this.#count = 0;
    this.#later();
  }

  /** Adds a value; one that is no number is a hole. */
  add(value) {
    this.#values.push(typeof value === "number" ? value : Number.NaN);
    this.#values.splice(0, this.#values.length - KEPT);
    this.#count++;
    this.#later();
  }

  /** Draws once for all that came since the last picture. */
  #later() {
    if (!this.#due) {
      this.#due = true;
      requestAnimationFrame(() => {
        this.#due = false;
        this.#draw();
      });
    }
  }

  #draw() {
    const canvas = this.#canvas;
    const scale = devicePixelRatio;
    const width = canvas.clientWidth;
    const height = canvas.clientHeight;
    canvas.width = width * scale;
    canvas.height = height * scale;
    const known = this.#values.filter((value) => Number.isFinite(value));
    const said = known.length ? `${this.#count} values, the latest ${known.at(-1).toFixed(3)}` : "No values yet";
    canvas.setAttribute("aria-label", said);
    const pen = canvas.getContext("2d");
    pen.scale(scale, scale);
    const low = Math.min(0, ...known);
    const high = Math.max(low + 1e-9, ...known);
    const y = (value) => height - MARGIN - ((value - low) / (high - low)) * (height - 2 * MARGIN);
    this.#line(pen, colour(canvas, "--line"), 1, [[0, y(0)], [width, y(0)]]);
    const points = this.#values.map((value, i) => [(i / (KEPT - 1)) * width, y(value)]);
    this.#line(pen, colour(canvas, "--accent"), 2, points);
    pen.fillStyle = colour(canvas, "--soft");
    pen.font = "12px system-ui, sans-serif";
    if (known.length) {
      pen.fillText(high.toFixed(2), 6, MARGIN - 2);
      pen.fillText(low.toFixed(2), 6, height - 3);
    }
  }

  #line(pen, color, thickness, points) {
    pen.strokeStyle = color;
    pen.lineWidth = thickness;
    pen.lineJoin = "round";
    pen.beginPath();
    let drawn = false;
    for (const [x, y] of points) {
      if (Number.isNaN(y)) {
        drawn = false;
      } else if (drawn) {
        pen.lineTo(x, y);
      } else {
        pen.moveTo(x, y);
        drawn = true;
      }
    }
    pen.stroke();
  }
}

/** A colour of the style sheet as a canvas understands it: `light-dark()` is none. */
function colour(node, name) {
  const value = getComputedStyle(node).getPropertyValue(name);
  const [, light, dark] = value.match(/light-dark\(([^,]+),([^)]+)\)/) ?? [null, value, value];
  return (matchMedia("(prefers-color-scheme: dark)").matches ? dark : light).trim();
}
