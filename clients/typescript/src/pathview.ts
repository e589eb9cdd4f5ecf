/** A message of PathView's line protocol. Others than these are for later versions. */
export interface Message {
  type: string;
  id?: string;
  value?: string;
  error?: string;
  traceback?: string;
}

/** What a poll brought. */
export interface Poll {
  messages: Message[];
  done: boolean;
}

/** A poll's answer, if it is one. */
export function checkPoll(said: Record<string, unknown>): Poll {
  const { messages, done } = said;
  if (!Array.isArray(messages) || typeof done !== "boolean" || !messages.every(isMessage)) {
    throw new TypeError("the answer to stream/poll is not that of a server of PathView");
  }
  return { messages, done };
}

/** An evaluation's value, if it is one. */
export function checkValue(said: Record<string, unknown>): unknown {
  if (said["type"] !== "value" || typeof said["value"] !== "string") {
    throw new TypeError("the answer to eval is not that of a server of PathView");
  }
  return JSON.parse(said["value"]);
}

function isMessage(message: unknown): message is Message {
  if (typeof message !== "object" || message === null) {
    return false;
  }
  const { type, value } = message as { type?: unknown; value?: unknown };
  return typeof type === "string" && (value === undefined || typeof value === "string");
}

/** Whatever was thrown, as an error. */
export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
