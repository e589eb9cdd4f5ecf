"""jupyter_kernel_test, the Jupyter project's own suite for kernels, complete and with iopub
welcomes (JEP 65).
"""

from __future__ import annotations

from typing import Any, ClassVar
from unittest import mock

import pytest
from jupyter_kernel_test import IopubWelcomeTests, KernelTests

from tests.support.specs import KERNEL_NAMES
from tests.support.waiting import seconds


class PythonSamples:
    """The samples that the suite asks of a Python kernel."""

    language_name = "python"
    file_extension = ".py"
    code_hello_world = "print('hello, world')"
    code_stderr = "import sys; print('test', file=sys.stderr)"
    code_page_something = "print?"
    code_generate_error = "1 / 0"
    code_clear_output = "from IPython.display import clear_output; clear_output()"
    code_inspect_sample = "zip"
    complete_code_samples: ClassVar = ["1", "print('hello')", "def f(x):\n  return x * 2\n\n"]
    incomplete_code_samples: ClassVar = ["print('''hello", "def f(x):\n  x * 2"]
    invalid_code_samples: ClassVar = ["import = 7q"]
    completion_samples: ClassVar = [{"text": "zi", "matches": {"zip"}}]
    code_execute_result: ClassVar = [
        {"code": "1+2+3", "result": "6"},
        {"code": "[n * n for n in range(1, 4)]", "result": "[1, 4, 9]"},
    ]
    code_display_data: ClassVar = [
        {
            "code": "from IPython.display import HTML, display\ndisplay(HTML('<b>test</b>'))",
            "mime": "text/html",
        },
        {
            "code": "from IPython.display import Math, display\ndisplay(Math('\\\\frac{1}{2}'))",
            "mime": "text/latex",
        },
    ]
    code_history_pattern = "1?2*"
    supported_history_operations = ("tail", "search")
    code_history_samples: ClassVar = ["history_probe = 1", "history_probe + 1"]

    kc: Any

    def execute_helper(self, *args: Any, **kwargs: Any) -> Any:
        """As the suite's, which gives each message of iopub a tenth of a second."""
        wait = self.kc.iopub_channel.get_msg

        def get_msg(**_limit: float) -> Any:
            return wait(timeout=seconds(15))

        with mock.patch.object(self.kc.iopub_channel, "get_msg", get_msg):
            return super().execute_helper(*args, **kwargs)  # type: ignore[misc]

    def flush_channels(self) -> None:
        """Reads all that came before now; the suite's own waits for a tenth of a second."""
        last = self.kc.kernel_info()
        for channel, end in (
            (self.kc.shell_channel, None),
            (self.kc.iopub_channel, "idle"),
        ):
            while True:
                message = channel.get_msg(timeout=seconds(30))
                state = message["content"].get("execution_state")
                if message["parent_header"].get("msg_id") == last and state == end:
                    break


@pytest.mark.usefixtures("gateway")
class TestThroughProvisioner(PythonSamples, KernelTests):
    """A kernel that jupyter_client starts through the provisioner."""

    kernel_name = KERNEL_NAMES["provisioner"]


@pytest.mark.usefixtures("gateway")
class TestThroughLauncher(PythonSamples, KernelTests):
    """A kernel that jupyter_client starts as a process, by kernel.json's argv alone."""

    kernel_name = KERNEL_NAMES["launcher"]


@pytest.mark.usefixtures("gateway")
class TestWelcomeThroughProvisioner(IopubWelcomeTests):
    """iopub_welcome is the first message of a fresh subscriber."""

    kernel_name = KERNEL_NAMES["provisioner"]
    support_iopub_welcome = True


@pytest.mark.usefixtures("gateway")
class TestWelcomeThroughLauncher(IopubWelcomeTests):
    """The same for clients that start kernels by argv."""

    kernel_name = KERNEL_NAMES["launcher"]
    support_iopub_welcome = True


class TestReference(PythonSamples, KernelTests):
    """ipykernel with the same samples: what fails here is a fault of the samples."""

    kernel_name = KERNEL_NAMES["reference"]


del KernelTests, IopubWelcomeTests  # or pytest would collect the bare suites as well
