"""Answers, as HJ 212-2017 has them (official text): which packet gets which, and their bytes.

An answer repeats QN, PW and MN, comes from system 91 and asks for no answer itself: Flag is 4. For devices of 2005 and
2025 the version bits are theirs (0 and 8), which is drawn from the meaning of Flag and, for 2025, unverified.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from clearbay.collect.hj212 import segment as segments
from clearbay.collect.hj212.commands import ANSWERS, NOTICES
from clearbay.collect.hj212.packet import Head, Packet, framed
from clearbay.collect.hj212.versions import flag_of
from clearbay.model.errors import BadInput

REQUEST, EXECUTED, NOTICE, DATA = "9011", "9012", "9013", "9014"

QN_RTN: Mapping[int, str] = MappingProxyType({
    1: "准备执行请求", 2: "请求被拒绝", 3: "PW错误", 4: "MN错误", 5: "ST错误", 6: "Flag错误", 7: "QN错误", 8: "CN错误",
    9: "CRC校验错误", 100: "未知错误",
})  # fmt: skip
"""What 9011 says of a request (QnRtn)."""

EXE_RTN: Mapping[int, str] = MappingProxyType({
    1: "执行成功", 2: "执行失败但不知道原因", 3: "命令请求条件错误", 4: "通讯超时", 5: "系统繁忙不能执行",
    6: "系统故障", 100: "没有数据",
})  # fmt: skip
"""What 9012 says of its execution (ExeRtn)."""


def acknowledgement(packet: Packet | Head) -> bytes | None:
    """The platform's answer to what a device uploads: 9014, or 9013 to a notice; None where none is wanted.

    None is wanted where bit A of Flag is not set, and an answer is never answered.
    """
    if not packet.wants_answer or packet.cn in ANSWERS:
        return None
    return _answer(packet, NOTICE if packet.cn in NOTICES else DATA)


def data_answer(packet: Packet) -> bytes:
    """9014, whatever Flag says."""
    return _answer(packet, DATA)


def notice_answer(packet: Packet) -> bytes:
    """9013, whatever Flag says."""
    return _answer(packet, NOTICE)


def request_answer(packet: Packet, result: int) -> bytes:
    """9011: whether a request will be carried out; ``result`` is one of QN_RTN."""
    if result not in QN_RTN:
        raise BadInput(
            f"QnRtn {result} is not defined", where="QnRtn", mend=f"give one of {', '.join(map(str, QN_RTN))}"
        )
    return _answer(packet, REQUEST, f"QnRtn={result}")


def execution_answer(packet: Packet, result: int) -> bytes:
    """9012: how a request was carried out; ``result`` is one of EXE_RTN."""
    if result not in EXE_RTN:
        known = ", ".join(map(str, EXE_RTN))
        raise BadInput(f"ExeRtn {result} is not defined", where="ExeRtn", mend=f"give one of {known}")
    return _answer(packet, EXECUTED, f"ExeRtn={result}")


def _answer(packet: Packet | Head, command: str, cp: str = "") -> bytes:
    if isinstance(packet, Head) and packet.qn and packet.pw and packet.flag is not None:
        # Fields that came over the wire hold nothing that could break a frame: they were cut at the very marks.
        mine = f"ST=91;CN={command};PW={packet.pw};MN={packet.mn};Flag={flag_of(packet.version)};CP=&&{cp}&&"
        return framed(segments.encode_text(f"QN={packet.qn};{mine}"))
    fields = {"QN": packet.qn, "ST": "91", "CN": command, "PW": packet.pw, "MN": packet.mn}
    fields = {name: value for name, value in fields.items() if value}
    if packet.flag is not None:
        fields["Flag"] = str(flag_of(packet.version))
    return framed(segments.encode_text(segments.join(fields, cp)))
