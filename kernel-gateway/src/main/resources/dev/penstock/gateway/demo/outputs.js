/** Shows what an execution says. Text only, and pictures: nothing that a kernel sends becomes part of the page. */
export class OutputView {
  #node;
  #last = null;
  #clearing = false;

  constructor(node) {
    this.#node = node;
  }

  clear() {
    this.#node.replaceChildren();
    this.#last = null;
    this.#clearing = false;
  }

  /** Adds one output of the client package. */
  show(output) {
    switch (output.type) {
      case "stdout":
      case "stderr":
        this.#text(output.type, output.text);
        break;
      case "display_data":
      case "execute_result":
        this.#data(output.type === "execute_result" ? "result" : "stdout", output.content.data ?? {});
        break;
      case "error":
        this.#text("failed", `${(output.content.traceback ?? []).join("\n")}\n`);
        break;
      case "clear_output":
        if (output.content.wait) {
          this.#clearing = true;
        } else {
          this.clear();
        }
        break;
      case "gap":
        this.#text("gap", `${output.lost} entries are no longer kept\n`);
        break;
      default: // an update of a display, a question, the end: told elsewhere or not at all
    }
  }

  #data(kind, data) {
    if (data["image/png"]) {
      const image = document.createElement("img");
      image.src = `data:image/png;base64,${data["image/png"]}`;
      image.alt = data["text/plain"] ?? "A picture";
      this.#add(image);
      this.#last = null;
    } else {
      this.#text(kind, `${data["text/plain"] ?? ""}\n`);
    }
  }

  /** Text of one kind that comes in pieces is one element. */
  #text(kind, said) {
    const text = said.replace(/\u001b\[[0-9;]*[A-Za-z]/g, "");
    if (this.#clearing || this.#last?.className !== kind) {
      const node = document.createElement("span");
      node.className = kind;
      this.#add(node);
      this.#last = node;
    }
    const atEnd = this.#node.scrollTop + this.#node.clientHeight > this.#node.scrollHeight - 30;
    this.#last.append(text);
    if (atEnd) {
      this.#node.scrollTop = this.#node.scrollHeight;
    }
  }

  #add(node) {
    if (this.#clearing) {
      this.clear();
    }
    this.#node.append(node);
  }
}
