"""JupyterLab's debugger: the bug in the toolbar, breakpoints, and the panel at the right."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from tests.pages.lab import Notebook


class DebuggerPanel:
    """The panel of a notebook's debugger. Lines are numbered from 1, as in an editor."""

    def __init__(self, notebook: Notebook) -> None:
        self.notebook = notebook
        self.page = notebook.page
        self.bug = notebook.panel.locator(".jp-DebuggerBugButton")

    @property
    def frames(self) -> Locator:
        """The call stack, innermost first; empty while nothing stands still."""
        return self.page.locator(".jp-DebuggerCallstackFrame")

    @property
    def breakpoints(self) -> Locator:
        """The list of all breakpoints."""
        return self.page.locator(".jp-DebuggerBreakpoints .jp-DebuggerBreakpoint")

    @property
    def highlighted(self) -> Locator:
        """The line of the notebook where execution stands."""
        return self.notebook.cells.locator(".cm-line.jp-DebuggerEditor-highlight")

    def marks(self, index: int) -> Locator:
        """The red dots beside a cell's lines."""
        return self.notebook.cell(index).locator(".cm-gutterElement .cm-breakpoint-icon:visible")

    def switch_on(self) -> None:
        """Clicks the bug; waits until the debugger is on and cells have room for breakpoints.

        JupyterLab enables the bug a little before it listens to it: a click that was not heard is
        made again.
        """
        expect(self.bug).to_be_enabled()
        for _ in range(3):
            self.bug.click()
            try:
                self.is_on()
                break
            except AssertionError:
                continue  # the last word is below
        self.is_on()
        expect(self.page.locator(".jp-DebuggerCallstack")).to_be_visible()

    def switch_off(self) -> None:
        """Clicks the bug again; waits until the notebook looks as without a debugger."""
        self.bug.click()
        expect(self.bug).to_have_attribute("aria-pressed", "false")
        self.goes_on()

    def is_on(self) -> None:
        """Waits until the bug in the toolbar says that the debugger is on."""
        expect(self.bug).to_have_attribute("aria-pressed", "true")

    def break_at(self, index: int, line: int) -> None:
        """Clicks beside a line of a cell and waits for the red dot."""
        # The first element is invisible: it keeps the gutter as wide as a dot.
        self.notebook.cell(index).locator(".cm-breakpoint-gutter > .cm-gutterElement").nth(
            line
        ).click()
        expect(self.marks(index)).to_have_count(1)

    def stack(self, *frames: str) -> None:
        """Waits until the call stack has the functions of these names, innermost first."""
        expect(self.frames.locator(".jp-DebuggerCallstackFrame-name")).to_have_text(list(frames))

    def stands_at(self, line: str, *frames: str) -> None:
        """Waits until execution stands at the line of this text, in these functions."""
        self.stack(*frames)
        expect(self.highlighted).to_have_text(line)

    def goes_on(self) -> None:
        """Waits until nothing stands still any more."""
        expect(self.frames).to_have_count(0)
        expect(self.highlighted).to_have_count(0)

    def press(self, command: str) -> None:
        """Presses a button above the call stack: ``Continue``, ``Next``, ``Step In``, …."""
        # Each of them has its key in its title, and what looks alike elsewhere has none.
        self.page.locator(f'jp-button[title^="{command} ("]').click()

    def scope(self, name: str) -> None:
        """Has the panel show ``Locals`` or ``Globals``."""
        self.page.get_by_label("Scope").select_option(name)

    def variable(self, name: str) -> Locator:
        """A variable in the tree: its name and its value."""
        exactly = self.page.locator(".jp-DebuggerVariables-name").get_by_text(name, exact=True)
        return self.page.locator(".jp-DebuggerVariables-body jp-tree-item").filter(has=exactly)

    def has(self, name: str, value: str) -> None:
        """Waits until the tree shows a variable with this value."""
        detail = self.variable(name).locator(".jp-DebuggerVariables-detail")
        expect(detail).to_have_text(value)

    def choose(self, name: str, entry: str) -> None:
        """Chooses an entry of a variable's context menu."""
        self.variable(name).click(button="right")
        self.page.get_by_role("menuitem", name=entry).click()

    def render(self, name: str) -> Locator:
        """Has a variable shown as a cell would show it; where that is."""
        self.choose(name, "Render Variable")
        return self.page.locator(".jp-DebuggerRichVariable .jp-VariableRendererPanel-renderer")
