import os
import signal

from grader.runtime.protocol.record_memory import RecordMemory


def test_holds_what_fits_and_refuses_the_rest_whole() -> None:
    memory = RecordMemory(10)
    assert memory.append(b"seven  ")
    assert not memory.append(b"four")
    assert memory.append(b"too")
    assert bytes(memory.part(0, memory.written())) == b"seven  too"
    memory.close()


def test_believes_no_more_than_its_size() -> None:
    memory = RecordMemory(10)
    memory._count[0] = 2**64 - 1
    assert memory.written() == 10
    memory.close()


def test_keeps_what_a_process_wrote_before_it_was_killed() -> None:
    memory = RecordMemory(100)
    child = os.fork()
    if child == 0:
        memory.append(b"before")
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    assert bytes(memory.part(0, memory.written())) == b"before"
    memory.close()
