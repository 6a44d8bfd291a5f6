from __future__ import annotations

import pytest

from clearbay.collect.hj212 import (
    Packet,
    acknowledgement,
    data_answer,
    decode,
    execution_answer,
    frames,
    notice_answer,
    read,
    request_answer,
)
from clearbay.model.errors import BadInput
from tests.collect_hj212.vectors import STANDARD, packet

HEAD = "QN=20160801085857223;ST=91;CN={cn};PW=123456;MN=010000A8900016F000169DC0;Flag={flag};CP=&&{cp}&&"


def only(data: bytes) -> Packet:
    (frame,) = frames(data)
    return decode(frame)


def segment(answer: bytes | None) -> str:
    assert answer is not None
    (frame,) = frames(answer)
    assert frame.ok
    assert answer.endswith(b"\r\n")
    return frame.segment.decode()


@pytest.mark.parametrize("cn", ["2011", "2051", "2061", "2031", "3020"])
def test_data_are_acknowledged_when_asked_for(cn: str) -> None:
    """9014 with the same QN, PW and MN, Flag 4 and an empty CP, only where bit A of Flag asks for it."""
    assert segment(acknowledgement(only(packet("", cn=cn)))) == HEAD.format(cn="9014", flag=4, cp="")
    assert acknowledgement(only(packet("", cn=cn, flag=4))) is None


def test_a_notice_has_its_own_answer() -> None:
    """1013, the request to set the clock, is answered by 9013."""
    assert segment(acknowledgement(only(packet("", cn="1013")))) == HEAD.format(cn="9013", flag=4, cp="")


@pytest.mark.parametrize("cn", ["9011", "9012", "9013", "9014"])
def test_answers_are_not_answered(cn: str) -> None:
    """Or two platforms would thank each other for ever."""
    assert acknowledgement(only(packet("", cn=cn))) is None


def test_answers_to_requests() -> None:
    """9011 tells whether a request will be carried out, 9012 how it went; codes nobody defined are refused."""
    request = only(STANDARD)
    head = HEAD.replace("123456", "100000")
    assert segment(request_answer(request, 1)) == head.format(cn="9011", flag=4, cp="QnRtn=1")
    assert segment(execution_answer(request, 100)) == head.format(cn="9012", flag=4, cp="ExeRtn=100")
    with pytest.raises(BadInput, match="QnRtn 11"):
        request_answer(request, 11)
    with pytest.raises(BadInput, match="ExeRtn 7"):
        execution_answer(request, 7)


@pytest.mark.parametrize(("asked", "answered"), [(1, "Flag=0;"), (5, "Flag=4;"), (9, "Flag=8;")])
def test_an_answer_speaks_the_version_of_the_question(asked: int, answered: str) -> None:
    """The version bits are the device's."""
    assert answered in segment(acknowledgement(only(packet("", flag=asked))))


def test_a_packet_without_flag_and_qn_has_an_answer_without() -> None:
    """What was not given is not made up."""
    old = read(b"ST=32;CN=2011;PW=1;MN=1;CP=&&a-b=1&&")
    assert segment(data_answer(old)) == "ST=91;CN=9014;PW=1;MN=1;CP=&&&&"
    assert segment(notice_answer(old)) == "ST=91;CN=9013;PW=1;MN=1;CP=&&&&"
