/** A poll's answer, if it is one. */
export function checkPoll(said) {
    const { messages, done } = said;
    if (!Array.isArray(messages) || typeof done !== "boolean" || !messages.every(isMessage)) {
        throw new TypeError("the answer to stream/poll is not that of a server of PathView");
    }
    return { messages, done };
}
/** An evaluation's value, if it is one. */
export function checkValue(said) {
    if (said["type"] !== "value" || typeof said["value"] !== "string") {
        throw new TypeError("the answer to eval is not that of a server of PathView");
    }
    return JSON.parse(said["value"]);
}
function isMessage(message) {
    if (typeof message !== "object" || message === null) {
        return false;
    }
    const { type, value } = message;
    return typeof type === "string" && (value === undefined || typeof value === "string");
}
/** Whatever was thrown, as an error. */
export function asError(error) {
    return error instanceof Error ? error : new Error(String(error));
}
