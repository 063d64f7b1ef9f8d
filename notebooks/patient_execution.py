"""Executes notebooks as nbconvert does, and waits for the result of a cell that the kernel sends after the cell's end.

The Deno kernel says that it is idle before the last value of a cell is on its way; on a busy machine that value would
be lost.
"""

from queue import Empty

from nbclient.exceptions import CellExecutionComplete
from nbclient.util import ensure_async
from nbconvert.preprocessors import ExecutePreprocessor

SECONDS = 1.5


class PatientExecutePreprocessor(ExecutePreprocessor):
    async def _async_poll_output_msg(self, parent_msg_id, cell, cell_index):
        await super()._async_poll_output_msg(parent_msg_id, cell, cell_index)
        while not cell.outputs:
            try:
                message = await ensure_async(self.kc.iopub_channel.get_msg(timeout=SECONDS))
            except Empty:
                return
            if message["parent_header"].get("msg_id") != parent_msg_id:
                continue
            try:
                self.process_message(message, cell, cell_index)
            except CellExecutionComplete:
                continue
