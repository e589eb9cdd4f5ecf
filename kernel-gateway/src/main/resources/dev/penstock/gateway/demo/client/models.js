/** What the server tells, in its own words (docs/api-v1.md). */
/** Whether it has ended. */
export function isOver(model) {
    return model.state !== "waiting" && model.state !== "running" && model.state !== "asking";
}
