#!/usr/bin/env python3
"""Check a bundle of Yishi 议事: recompute everything it says, without network and without code of the service.

    python verify.py BUNDLE [--anchor FILE] [--receipt FILE] [--opening FILE] [--json] [--lang zh|en]

One file; needs Python 3.11 and the package `cryptography` (for Ed25519 and ES256). It only reads: nothing is unpacked or
written. Each check has a code and one sentence. It ends with 0 when every check that could be made has passed, with 1 when
one failed, with 2 for wrong usage. What could not be checked is named and never called passed.

`--anchor` is a JSON file of what you know from elsewhere: {"log_key", "officials" [keys], "witnesses" [keys], "checkpoint"
(a note you kept), "receipt_keys" [JWK]}; each may be absent. Without it the keys come from the bundle itself, and the tool
says so.

Source: the evidence format, version 1 (`docs/evidence-format.md` of the project). The sections below follow the order of the
checks; the count of every method stands before them.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import csv
import hashlib
import json
import os
import re
import shutil
import struct
import sys
import unicodedata
import zlib
from array import array
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache, partial
from itertools import accumulate, islice, pairwise, takewhile
from math import comb
from operator import mul
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

# ======================================================================================================================
# What is said: one sentence for each check, each fault and each gap, in English and Chinese.
# ======================================================================================================================

CHECKS: dict[str, tuple[str, str]] = {
    "archive": (
        "The archive holds its files and nothing else, byte for byte.",
        "压缩包里只有这些文件，没有别的内容，逐字节相符。",
    ),
    "manifest": (
        "Every file is the one the manifest lists.",
        "每个文件都与清单所列一致。",
    ),
    "manifest-signature": (
        "The manifest is signed by the log's key.",
        "清单由日志密钥签名。",
    ),
    "form": (
        "Every record has exactly its members, in the one spelling it can have.",
        "每份记录的成员齐全无多余，且只有唯一写法。",
    ),
    "log": (
        "The log's {size} entries give the root of its checkpoint.",
        "日志的 {size} 条记录得出检查点上的根。",
    ),
    "log-signature": (
        "The checkpoint is signed by the log's key.",
        "检查点由日志密钥签名。",
    ),
    "events": (
        "The events of the contest stand in the order they must have.",
        "投票事项的各事件按规定的先后排列。",
    ),
    "contest": (
        "Question, options, rules and keys are those of the opening, and they fit together.",
        "议题、选项、规则和密钥与开启时一致，且彼此相容。",
    ),
    "batches": (
        "The order of the {count} commitments says nothing about who cast when.",
        "{count} 个承诺的排列不透露谁在何时投票。",
    ),
    "checkpoint": (
        "The log continues the checkpoint you kept, of {size} entries.",
        "日志延续了您保存的检查点（{size} 条）。",
    ),
    "witnesses": (
        "The checkpoint is cosigned by {count} of your witnesses.",
        "检查点有您信任的 {count} 位见证者会签。",
    ),
    "roll": (
        "{checked} of {electors} electors are checked off, as the close says.",
        "{electors} 名选举人中有 {checked} 名已勾销，与关闭时所述一致。",
    ),
    "commitments": (
        "There are no more online ballots ({online}) than commitments in the log ({commitments}).",
        "网上选票（{online} 张）不多于日志中的承诺（{commitments} 个）。",
    ),
    "box": (
        "The box holds the {size} ballots of the close, each under a slot of its own, in their order.",
        "票箱里正是关闭时的 {size} 张票，每张一个票位，次序正确。",
    ),
    "ballots": (
        "Every ballot is one that may be cast in this contest.",
        "每张选票都是本次投票允许的填法。",
    ),
    "paper": (
        "The {batches} paper batches add up and are signed by the officials.",
        "{batches} 批纸质选票账目相符，并有监票人签名。",
    ),
    "paper-ballots": (
        "The {count} paper ballots in the box are those that were keyed and signed.",
        "票箱中的 {count} 张纸质票正是录入并签名的那些。",
    ),
    "lot": (
        "Ties fall by the dice that were published, and by nothing else.",
        "平票只按公布的骰子数字决定，别无其他。",
    ),
    "result": (
        "The result is the one the log names, of this contest and with its turnout.",
        "结果就是日志所载的那一份，属于本次投票，参与人数相符。",
    ),
    "recount": (
        "Counting again gives the same winners, rounds and ties.",
        "重新计票，当选者、各轮数字和平票处理完全相同。",
    ),
    "keys": (
        "Every change of an official's key is signed by the others.",
        "监票人更换密钥均有其他监票人签名。",
    ),
    "close-statement": (
        "{signed} officials signed the close; {k} are needed.",
        "{signed} 名监票人签署了关闭声明；需要 {k} 名。",
    ),
    "result-statement": (
        "{signed} officials signed the result; {k} are needed.",
        "{signed} 名监票人签署了结果；需要 {k} 名。",
    ),
    "certification": (
        "The certification in the log carries the signatures it needs.",
        "日志中的认证带有所需的全部签名。",
    ),
    "patterns": (
        "The table of rankings says what the ballots say.",
        "排序汇总表与选票一致。",
    ),
    "privacy": (
        "The figures about privacy are right.",
        "隐私说明中的数字正确。",
    ),
    "explanation": (
        "Explanation and chart belong to this result.",
        "说明文字和图表属于这份结果。",
    ),
    "exports": (
        "The exported files say the same as ballots and result: {files}.",
        "导出文件与选票和结果一致：{files}。",
    ),
    "schemas": (
        "There is a schema for each kind of record, and no other.",
        "每类记录都有模式文件，没有多余的。",
    ),
    "log-key": ("The log's key is the one you know.", "日志密钥就是您所知道的那个。"),
    "official-keys": ("The officials' keys are ones you know.", "监票人密钥都是您所知道的。"),
    "receipt": (
        "Your receipt is signed, and its commitment is entry {index} of the log.",
        "您的回执签名有效，其承诺是日志第 {index} 条。",
    ),
    "own-ballot": (
        "Your ballot is in the box as you cast it: {ranking}.",
        "您的选票在票箱中，与您所投一致：{ranking}。",
    ),
}
"""Check → what it has shown once it passed. The order is that of the checks."""

FAULTS: dict[str, tuple[str, str]] = {
    # archive
    "archive-unreadable": ("This is not a bundle: {why}.", "这不是证据包：{why}。"),
    "archive-header": ("The header of {file} is not the one such a file has.", "{file} 的文件头不符合规定。"),
    "archive-truncated": ("The archive ends in the middle of {file}.", "压缩包在 {file} 中间截断。"),
    "archive-damaged": ("The bytes of {file} do not match their checksum.", "{file} 的内容与校验和不符。"),
    "archive-directory": (
        "Behind the files stand other bytes than their directory.",
        "文件之后的字节不是它们的目录。",
    ),
    "archive-order": ("{file} does not stand where it must.", "{file} 的位置不对。"),
    "file-path": ("A file has a path that no bundle has: {file}.", "有文件的路径不被允许：{file}。"),
    "file-twice": ("{file} is there twice.", "{file} 出现了两次。"),
    "file-extra": ("{file} has no place in a bundle.", "{file} 不属于证据包。"),
    "file-missing": ("{file} is missing.", "缺少 {file}。"),
    "file-size": ("{file} is larger than such a file may be.", "{file} 超出该文件允许的大小。"),
    # manifest
    "manifest-files": (
        "The manifest does not list the files that are there: {file}.",
        "清单所列与实际文件不符：{file}。",
    ),
    "manifest-hash": (
        "{file} is not the file of the manifest: its hash differs.",
        "{file} 不是清单所列的文件：散列值不同。",
    ),
    "manifest-text": ("The signed text is not about this manifest.", "所签文字与这份清单无关。"),
    "manifest-unsigned": ("The manifest has no valid signature by the log's key.", "清单没有日志密钥的有效签名。"),
    # form
    "json-malformed": ("{file} is not JSON.", "{file} 不是 JSON。"),
    "json-duplicate": ("{file} names a member twice.", "{file} 有重复成员。"),
    "json-float": ("{file} holds a number with a point.", "{file} 含小数。"),
    "json-null": ("{file} holds a null.", "{file} 含空值。"),
    "json-number": ("{file} holds a number that is too large.", "{file} 含过大的数字。"),
    "json-text": ("{file} holds text that is not in its normal form (NFC).", "{file} 含未规范化（NFC）的文字。"),
    "json-spelling": (
        "{file} is not spelled in the one way it can be (spaces, order).",
        "{file} 的写法不是唯一写法（空格、次序）。",
    ),
    "json-depth": ("{file} is nested too deep.", "{file} 嵌套过深。"),
    "form": ("{file} has not the form of such a record at {place}.", "{file} 在 {place} 处不符合记录格式。"),
    "note-malformed": ("{file} is not a signed note.", "{file} 不是签名文书。"),
    "key-malformed": ("{file} holds a key that is none.", "{file} 含无效密钥。"),
    # log
    "log-tiles": ("The log's files are not those of its size: {file}.", "日志文件与其大小不符：{file}。"),
    "log-entries": ("{file} does not hold whole entries.", "{file} 中的记录不完整。"),
    "log-size": (
        "The log has {found} entries; its checkpoint says {size}.",
        "日志有 {found} 条记录；检查点说 {size} 条。",
    ),
    "checkpoint-stale": (
        "The checkpoint is an old one: it covers {size} of {found} entries.",
        "检查点已过时：只涵盖 {found} 条中的 {size} 条。",
    ),
    "log-leaf": ("Entry {index} of the log is not the one that was hashed.", "日志第 {index} 条不是当初被散列的那条。"),
    "log-tile": ("A node of the log's tree is wrong: {file}.", "日志树中有节点错误：{file}。"),
    "log-root": ("The entries give another root than the checkpoint.", "这些记录得出的根与检查点不同。"),
    "log-origin": ("The checkpoint is of another log.", "检查点属于另一个日志。"),
    "log-unsigned": ("The checkpoint has no valid signature by the log's key.", "检查点没有日志密钥的有效签名。"),
    "signature-wrong": ("{file} carries a signature of {name} that is wrong.", "{file} 上 {name} 的签名无效。"),
    # events
    "event-missing": ("The event {type} is missing.", "缺少事件 {type}。"),
    "event-inserted": ("The event {type} is there once too often.", "事件 {type} 多了一次。"),
    "event-order": ("The event {type} stands in the wrong place.", "事件 {type} 的位置不对。"),
    "commitment-late": ("A ballot was committed while the box was not open.", "有选票承诺出现在票箱未开启时。"),
    "state-differs": ("The manifest says {state}; the log says otherwise.", "清单说 {state}；日志所述不同。"),
    "result-chain": ("The event {type} names a result that was none.", "事件 {type} 所指的结果并不存在。"),
    "wrong-contest": ("{file} belongs to another contest.", "{file} 属于另一次投票。"),
    "contest-differs": ("contest.json is not the first entry of the log.", "contest.json 不是日志的第一条记录。"),
    "terms": ("The opening contradicts itself: {why}.", "开启事件自相矛盾：{why}。"),
    "batch-unsorted": (
        "The commitments are not sorted: their order may tell who cast when.",
        "承诺未排序：其次序可能透露谁在何时投票。",
    ),
    "checkpoint-kept": ("The log does not continue the checkpoint you kept.", "日志没有延续您保存的检查点。"),
    "checkpoint-newer": (
        "The checkpoint you kept is newer: {size} entries, the bundle has {found}.",
        "您保存的检查点更新：{size} 条，证据包只有 {found} 条。",
    ),
    "checkpoint-foreign": ("The checkpoint you kept is not one of this log.", "您保存的检查点不是本日志的。"),
    "witness-missing": ("None of your witnesses cosigned the checkpoint.", "您信任的见证者均未会签检查点。"),
    # roll, commitments, box
    "roll-differs": ("roll/root.json is not the roll of the opening.", "roll/root.json 不是开启时的名册。"),
    "roll-bits": ("The participation has not one bit for each elector.", "参与位图不是每名选举人一位。"),
    "roll-hash": ("The participation is not the one of the close.", "参与位图不是关闭时的那份。"),
    "roll-checked": (
        "{found} electors are checked off; the close says {checked}.",
        "已勾销 {found} 名选举人；关闭时说 {checked} 名。",
    ),
    "roll-ballots": (
        "{ballots} ballots and {checked} electors checked off do not go together.",
        "{ballots} 张选票与 {checked} 名已勾销的选举人对不上。",
    ),
    "commitments-count": (
        "The log holds {found} commitments; the close says {commitments}.",
        "日志有 {found} 个承诺；关闭时说 {commitments} 个。",
    ),
    "commitments-few": (
        "{online} online ballots, but {commitments} commitments.",
        "网上选票 {online} 张，承诺却有 {commitments} 个。",
    ),
    "box-sum": ("Online and paper ballots do not add up to the box.", "网上票与纸质票之和不等于票箱总数。"),
    "box-line": ("Line {line} of the box is not a ballot.", "票箱第 {line} 行不是选票。"),
    "box-duplicate": ("Two ballots lie in the slot {slot}.", "票位 {slot} 有两张选票。"),
    "box-order": ("The ballots are not sorted by slot (line {line}).", "选票未按票位排序（第 {line} 行）。"),
    "box-fewer": ("Ballots are missing: {found} of {size}.", "选票缺少：{size} 张中只有 {found} 张。"),
    "box-more": (
        "There are more ballots than were closed: {found}, not {size}.",
        "选票多于关闭时：{found} 张，而非 {size} 张。",
    ),
    "box-root": ("A ballot is not the one that was closed: the root differs.", "有选票不是关闭时的那张：根不同。"),
    "ballot-option": ("A ballot marks an option that does not stand: {option}.", "有选票标了不存在的选项：{option}。"),
    "ballot-repeated": ("A ballot marks an option twice: {option}.", "有选票重复标了选项：{option}。"),
    "ballot-ranks": ("A ballot has {found} ranks; {most} are allowed.", "有选票有 {found} 个名次；只允许 {most} 个。"),
    "ballot-marks": (
        "A ballot has {found} options at one rank; {most} are allowed.",
        "有选票一个名次有 {found} 个选项；只允许 {most} 个。",
    ),
    "ballot-blank": ("A ballot leaves a rank empty where none may be.", "有选票留了不允许的空名次。"),
    "ballot-order": ("The options of a rank are not in ballot order.", "同一名次的选项未按票面次序。"),
    # paper
    "paper-differs": ("Paper batch {number} is not the one of the log.", "第 {number} 批纸质票与日志不同。"),
    "paper-number": ("The paper batches are not numbered from 1: {number}.", "纸质票批次编号不连续：{number}。"),
    "paper-sum": (
        "Batch {number}: issued is not counted + spoiled + unreturned.",
        "第 {number} 批：发出数不等于计票、作废、未交回之和。",
    ),
    "paper-total": (
        "The batches hold {found} ballots; the close says {paper}.",
        "各批共 {found} 张；关闭时说 {paper} 张。",
    ),
    "paper-text": ("What the officials signed is not paper batch {number}.", "监票人所签的不是第 {number} 批纸质票。"),
    "paper-signatures": (
        "Paper batch {number} has {found} signatures of {needed}.",
        "第 {number} 批纸质票只有 {needed} 个签名中的 {found} 个。",
    ),
    "paper-salt": (
        "The salt of batch {number} is shown where it must not be, or hidden where it must be shown.",
        "第 {number} 批的盐不该公开而公开，或该公开而未公开。",
    ),
    "paper-slot": ("A paper ballot of batch {number} is not in the box.", "第 {number} 批有纸质票不在票箱中。"),
    "paper-hash": (
        "The paper ballots of batch {number} are not those that were signed.",
        "第 {number} 批纸质票不是签名时的那些。",
    ),
    # lot and result
    "lot-form": ("The dice are not at least twenty digits.", "骰子数字不足二十位。"),
    "lot-after-opening": (
        "Dice were drawn after the opening, though they had to be drawn before.",
        "骰子应在开启前掷出，却在开启后掷出。",
    ),
    "lot-changed": (
        "A tie fell in another order than the published dice give.",
        "平票的次序不是公布的骰子数字得出的。",
    ),
    "lot-none": ("A tie fell by lot though no dice were drawn.", "没有掷骰子，平票却按抽签决定。"),
    "result-hash": ("The result is not the one the log names.", "结果不是日志所载的那一份。"),
    "result-turnout": ("The turnout of the result is wrong.", "结果中的参与人数有误。"),
    "result-floor": ("The turnout missed its floor: there is no result.", "参与率未达下限：不应有结果。"),
    "result-winners": ("Counting again gives other winners: {expected}.", "重新计票得出不同的当选者：{expected}。"),
    "result-rounds": (
        "Counting again gives {expected} rounds, not {found}.",
        "重新计票为 {expected} 轮，而非 {found} 轮。",
    ),
    "result-ties": ("Counting again gives another tie in round {round}.", "重新计票时第 {round} 轮的平票不同。"),
    "result-round": (
        "Counting again gives other figures in round {round}: {member}.",
        "重新计票时第 {round} 轮的数字不同：{member}。",
    ),
    "result-member": ("Counting again gives another {member}.", "重新计票得出不同的 {member}。"),
    "result-sums": (
        "The votes of round {round} do not add up to the ballots.",
        "第 {round} 轮的票数加起来不等于选票数。",
    ),
    "count-impossible": (
        "These ballots cannot be counted under these rules: {why}.",
        "这些选票无法按这些规则计票：{why}。",
    ),
    # officials
    "statement-text": ("{file} states something else than the log.", "{file} 所述与日志不同。"),
    "signatures-few": ("{file} has {found} signatures of {k}.", "{file} 只有 {k} 个签名中的 {found} 个。"),
    "signatures-same-key": ("{file} is signed twice with one key.", "{file} 由同一密钥签了两次。"),
    "certified-text": ("The certification states something else than the log.", "认证所述与日志不同。"),
    "key-change": (
        "The key of {name} was changed to one that does not follow from the log.",
        "{name} 的密钥变更与日志不符。",
    ),
    "key-change-signatures": (
        "The change of {name}'s key has {found} signatures of {k}.",
        "{name} 的密钥变更只有 {k} 个签名中的 {found} 个。",
    ),
    # derived files
    "patterns-differ": ("patterns.csv does not say what the ballots say.", "patterns.csv 与选票不一致。"),
    "patterns-form": (
        "Line {line} of patterns.csv is not a sorted ranking with its number.",
        "patterns.csv 第 {line} 行不是排好序的排序与票数。",
    ),
    "patterns-sum": (
        "patterns.csv holds {found} ballots; the close says {size}.",
        "patterns.csv 有 {found} 张票；关闭时说 {size} 张。",
    ),
    "privacy-figures": ("privacy.json says something wrong about {member}.", "privacy.json 关于 {member} 的说法有误。"),
    "explanation-stale": ("explanation.txt explains another result.", "explanation.txt 说明的是另一份结果。"),
    "explanation-form": (
        "explanation.txt does not hold a Chinese and an English part.",
        "explanation.txt 没有中文和英文两部分。",
    ),
    "rounds-stale": ("rounds.svg shows another result.", "rounds.svg 画的是另一份结果。"),
    "export-differs": ("{file} does not say what ballots and result say.", "{file} 与选票和结果不一致。"),
    "export-form": ("{file} is not a file of its format: {why}.", "{file} 不是该格式的文件：{why}。"),
    "schema-form": ("{file} is not a schema without further members.", "{file} 不是禁止多余成员的模式。"),
    # anchors and the voter's own check
    "log-key-other": (
        "The bundle is signed with another log key than the one you know.",
        "证据包的日志密钥不是您所知道的那个。",
    ),
    "official-key-other": ("{name} signs with a key you do not know.", "{name} 使用了您不知道的密钥。"),
    "receipt-form": ("The receipt is not one: {why}.", "这不是回执：{why}。"),
    "receipt-signature": ("The receipt has no valid signature by a known key.", "回执没有已知密钥的有效签名。"),
    "receipt-contest": ("The receipt is of another contest.", "回执属于另一次投票。"),
    "receipt-not-in-log": ("The commitment of the receipt is not in the log.", "回执的承诺不在日志中。"),
    "opening-contest": ("The opening is of another contest.", "开启凭据属于另一次投票。"),
    "opening-slot": ("Secret and slot of the opening do not belong together.", "开启凭据的密钥与票位不匹配。"),
    "own-not-in-box": ("Your ballot is not in the box.", "您的选票不在票箱中。"),
    "own-older": (
        "An older ballot of yours was counted: number {found}, not {seq}.",
        "计入的是您较早的选票：第 {found} 次，而非第 {seq} 次。",
    ),
    "own-newer": (
        "A later ballot in your slot was counted: number {found}, not {seq}.",
        "计入的是您票位中较晚的选票：第 {found} 次，而非第 {seq} 次。",
    ),
    "own-changed": ("The ballot in your slot is not the one of your receipt.", "您票位中的选票不是回执所指的那张。"),
    "own-not-in-log": ("The commitment of your ballot is not in the log.", "您选票的承诺不在日志中。"),
    "unexpected": ("The check came to an end it should not have: {why}.", "检查意外中止：{why}。"),
}
"""Code of a fault → what is wrong."""

GAPS: dict[str, tuple[str, str]] = {
    "after-a-fault": ("Not made: it needs what an earlier check found wrong.", "未检查：前面的检查已发现问题。"),
    "mode-without-box": (
        "Not made: in the publish mode “{mode}” this bundle does not hold the single ballots.",
        "未检查：发布方式“{mode}”下，证据包不含单张选票。",
    ),
    "mode-without-ballots": (
        "Not made: in the publish mode “{mode}” this bundle holds no ballots; only the sums of the rounds were checked.",
        "未检查：发布方式“{mode}”下，证据包不含选票；只核对了各轮之和。",
    ),
    "no-signatures-needed": (
        "Not made: this contest asks for no official's signature (k = 0).",
        "未检查：本次投票不要求监票人签名（k = 0）。",
    ),
    "not-certified": (
        "Not made: the contest is not certified; {signed} of {k} officials have signed so far.",
        "未检查：尚未认证；目前 {k} 名监票人中有 {signed} 名已签。",
    ),
    "no-certification": ("Not made: the contest is not certified.", "未检查：尚未认证。"),
    "no-paper": ("Nothing to check: no ballot was cast on paper.", "无需检查：没有纸质选票。"),
    "no-key-change": ("Nothing to check: no official changed a key.", "无需检查：没有监票人更换密钥。"),
    "log-key-inside": (
        "Not made: the log's key comes from the bundle alone. Give the one you know with --anchor.",
        "未检查：日志密钥只来自证据包本身。请用 --anchor 给出您所知道的密钥。",
    ),
    "official-keys-inside": (
        "Not made: the officials' keys come from the bundle alone. Give those you know with --anchor.",
        "未检查：监票人密钥只来自证据包本身。请用 --anchor 给出您所知道的密钥。",
    ),
    "receipt-keys-inside": (
        "Your receipt's commitment is entry {index} of the log, but the key that signed it comes from the bundle alone.",
        "您回执的承诺是日志第 {index} 条，但签发密钥只来自证据包本身。",
    ),
    "own-ballot-hidden": (
        "Not made: this bundle does not hold the single ballots; your commitment was looked for in the log alone.",
        "未检查：证据包不含单张选票；只在日志中查找了您的承诺。",
    ),
    "no-checkpoint": (
        "Not made: no older checkpoint was given, so nothing shows that the log was not replaced as a whole.",
        "未检查：没有给出较早的检查点，因此无法证明日志未被整体替换。",
    ),
    "no-witness": ("Not made: no witness was given.", "未检查：没有给出见证者。"),
}
"""Code of a gap → why a check was not made."""

BEYOND = (
    "No bundle can show: that two marks in the participation were exchanged by the service before the close was signed (an "
    "elector can ask for their own), that a front end sent what the voter meant, or that an elector on the roll exists.",
    "任何证据包都无法证明：关闭签名之前服务没有互换参与位图中的两个标记（选举人可以索要自己的那一位）；"
    "前端发送的就是选民的本意；名册上的选举人确实存在。",
)


class Fault(Exception):
    """A check failed. `code` is one of `FAULTS`."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


def agree(one: object, other: object, code: str, **facts: Any) -> None:
    """A fault unless the two are equal."""
    if one != other:
        raise Fault(code, **facts)


class Gap(Exception):
    """A check could not be made. `code` is one of `GAPS`."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of one check. `outcome` is passed, failed or not-made; `code` that of the fault or gap."""

    check: str
    outcome: str
    code: str
    facts: Mapping[str, Any]

    def sentence(self, lang: str) -> str:
        """One plain sentence."""
        table = {"passed": CHECKS, "failed": FAULTS, "not-made": GAPS}[self.outcome]
        facts = {name: printable(value) for name, value in self.facts.items()}
        return table[self.code][lang == "zh"].format_map(facts)


def printable(value: Any) -> str:
    """A fact as a sentence may hold it: what a file says cannot steer a terminal or fill the screen."""
    text = "".join(c if c.isprintable() else "\ufffd" for c in str(value))
    return text if len(text) <= 200 else text[:197] + "..."


# ======================================================================================================================
# Bytes: hashes with a purpose, Merkle trees, base64, canonical JSON, forms of records
# ======================================================================================================================

LARGEST = 2**53 - 1
DEEPEST = 64
EMPTY_ROOT = hashlib.sha256(b"").digest()


def purpose_hash(purpose: str, *parts: bytes) -> bytes:
    """H(purpose, parts joined) of the format."""
    return hashlib.sha256(b"yishi/1/%b\n" % purpose.encode() + b"".join(parts)).digest()


def leaf_hash(leaf: bytes) -> bytes:
    """RFC 6962: SHA-256(0x00 ‖ leaf)."""
    return hashlib.sha256(b"\x00" + leaf).digest()


class Tree:
    """A growing RFC 6962 tree over leaf hashes. It keeps its peaks, and the nodes of every eighth level."""

    def __init__(self) -> None:
        self.size = 0
        self.peaks: list[bytes] = []
        self.nodes: dict[int, list[bytes]] = {}

    def append(self, risen: bytes) -> None:
        """Add one leaf, given by its hash."""
        carry, level, sha256 = self.size, 0, hashlib.sha256
        while carry & 1:
            risen = sha256(b"\x01" + self.peaks.pop() + risen).digest()
            carry, level = carry >> 1, level + 1
            if level % 8 == 0:
                self.nodes.setdefault(level // 8, []).append(risen)
        self.peaks.append(risen)
        self.size += 1

    def root(self) -> bytes:
        """The root so far."""
        if not self.peaks:
            return EMPTY_ROOT
        *rest, found = self.peaks
        for peak in reversed(rest):
            found = hashlib.sha256(b"\x01" + peak + found).digest()
        return found


def unbase64(text: str, url: bool = False) -> bytes | None:
    """The bytes of base64 in its one spelling (`url`: RFC 4648 §5 without padding), or nothing."""
    try:
        if url:
            raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
            return raw if base64.urlsafe_b64encode(raw).rstrip(b"=").decode() == text else None
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if base64.b64encode(raw).decode() == text else None


def canonical(value: Any) -> bytes:
    """RFC 8785 for the values of the format: the keys are ASCII and there are no floats."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def parsed(data: bytes, file: str) -> Any:
    """The value whose one spelling these bytes are."""
    value = plain_json(data, file, strict=True)
    check_value(value, file, 0)
    try:
        same = canonical(value) == data
    except UnicodeEncodeError:
        same = False
    if not same:
        raise Fault("json-spelling", file=file)
    return value


def plain_json(data: bytes, file: str, strict: bool = False) -> Any:
    """A JSON value, spelled in any way; with `strict` without numbers that have a point."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) < len(pairs):
            raise Fault("json-duplicate", file=file)
        return members

    def refused(literal: str) -> Any:
        raise Fault("json-float", file=file)

    try:
        return json.loads(
            data.decode(),
            object_pairs_hook=unique,
            parse_float=refused if strict else Decimal,
            parse_constant=refused,
        )
    except RecursionError:
        raise Fault("json-depth", file=file) from None
    except ValueError:
        raise Fault("json-malformed", file=file) from None


def check_value(value: Any, file: str, depth: int) -> None:
    """Refuse what the format has not: null, large numbers, text out of normal form, keys that are not ASCII."""
    if depth > DEEPEST:
        raise Fault("json-depth", file=file)
    if isinstance(value, dict):
        if not all(key.isascii() for key in value):
            raise Fault("json-text", file=file)
        value = value.values()
    elif isinstance(value, str):
        if not value.isascii() and not unicodedata.is_normalized("NFC", value):
            raise Fault("json-text", file=file)
        return
    elif value is None:
        raise Fault("json-null", file=file)
    elif not isinstance(value, list):
        if abs(value) > LARGEST:
            raise Fault("json-number", file=file)
        return
    for member in value:
        check_value(member, file, depth + 1)


@dataclass(frozen=True, slots=True)
class By:
    """A form: an object with members of any such name, all of one form."""

    name: re.Pattern[str]
    value: Any


@dataclass(frozen=True, slots=True)
class Record:
    """A form: an object of exactly these members; a name that ends in `?` may be absent."""

    members: Mapping[str, Any]

    def __or__(self, more: Mapping[str, Any]) -> Record:
        return Record({**self.members, **more})


def misfit(value: Any, form: Any, place: str = "") -> str | None:
    """The place of the first value that has not its form; nothing if all have.

    A form is a pattern for text, a range for numbers, `bool`, words to choose from, [form] for a list, a record, or a test.
    """
    if isinstance(form, re.Pattern):
        return None if isinstance(value, str) and form.fullmatch(value) else place or "/"
    if isinstance(form, range):
        return None if type(value) is int and value in form else place or "/"
    if isinstance(form, tuple):
        return None if isinstance(value, str) and value in form else place or "/"
    if isinstance(form, list):
        if not isinstance(value, list):
            return place or "/"
        return first(misfit(item, form[0], f"{place}/{index}") for index, item in enumerate(value))
    if isinstance(form, By):
        if not isinstance(value, dict):
            return place or "/"
        return first(
            misfit(member, form.value, f"{place}/{name}") if form.name.fullmatch(name) else f"{place}/{name}"
            for name, member in value.items()
        )
    if isinstance(form, Record):
        return record_misfit(value, form, place)
    if form is bool:
        return None if isinstance(value, bool) else place or "/"
    return None if form(value) else place or "/"


def record_misfit(value: Any, form: Record, place: str) -> str | None:
    """The same for a record."""
    if not isinstance(value, dict):
        return place or "/"
    forms = {name.removesuffix("?"): one for name, one in form.members.items()}
    needed = [name for name in form.members if not name.endswith("?")]
    strange = [name for name in value if name not in forms] + [name for name in needed if name not in value]
    if strange:
        return f"{place}/{strange[0]}"
    return first(misfit(member, forms[name], f"{place}/{name}") for name, member in value.items())


def first(found: Iterable[str | None]) -> str | None:
    """The first that is not nothing."""
    return next((place for place in found if place is not None), None)


def require(value: Any, form: Any, file: str) -> Any:
    """The value, if it has its form."""
    place = misfit(value, form)
    if place is not None:
        raise Fault("form", file=file, place=place)
    return value


# ======================================================================================================================
# Signed notes, keys and checkpoints (C2SP signed-note, tlog-checkpoint, tlog-cosignature)
# ======================================================================================================================

ED25519, COSIGNATURE = 1, 4


@dataclass(frozen=True, slots=True)
class Key:
    """A verifier key: name, type, four bytes of id, public key."""

    name: str
    kind: int
    id: bytes
    public: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A text and its signatures: (name, key id, what follows)."""

    text: str
    signatures: tuple[tuple[str, bytes, bytes], ...]


def key_of(text: Any, file: str, kind: int = ED25519) -> Key:
    """The key of `name+id+base64`."""
    name, _, rest = str(text).partition("+")
    identifier, _, coded = rest.partition("+")
    blob = unbase64(coded)
    if not is_key_name(name) or blob is None or len(blob) != 33 or blob[0] != kind:
        raise Fault("key-malformed", file=file)
    own = hashlib.sha256(name.encode() + b"\n" + blob).digest()[:4]
    agree(identifier, own.hex(), "key-malformed", file=file)
    return Key(name, kind, own, blob[1:])


def is_key_name(name: str) -> bool:
    """Whether a key may be called so."""
    return bool(name) and name.isprintable() and "+" not in name and not any(c.isspace() for c in name)


def note_of(data: bytes, file: str) -> Note:
    """The note of these bytes; without signatures it ends after its empty line."""
    fault = Fault("note-malformed", file=file)
    try:
        whole = data.decode()
    except UnicodeDecodeError:
        raise fault from None
    if any(c < " " and c != "\n" for c in whole):
        raise fault
    cut = len(whole) - 2 if whole.endswith("\n\n") else whole.rfind("\n\n")
    text, lines = whole[: cut + 1], whole[cut + 2 :]
    if cut < 1 or (lines and not lines.endswith("\n")):
        raise fault
    signatures = []
    for line in lines.split("\n")[:-1]:
        name, _, coded = line.removeprefix("\u2014 ").partition(" ")
        blob = unbase64(coded)
        if not line.startswith("\u2014 ") or not is_key_name(name) or blob is None:
            raise fault
        signatures.append((name, blob[:4], blob[4:]))
    return Note(text, tuple(signatures))


def has_signed(note: Note, key: Key, file: str) -> bool:
    """Whether the note carries a signature by this key. One that claims to be and is wrong is a fault."""
    claimed = [blob for name, identifier, blob in note.signatures if (name, identifier) == (key.name, key.id)]
    for blob in claimed:
        time, signature = (blob[:8], blob[8:]) if key.kind == COSIGNATURE else (b"", blob)
        told = f"cosignature/v1\ntime {int.from_bytes(time, 'big')}\n" if key.kind == COSIGNATURE else ""
        try:
            Ed25519PublicKey.from_public_bytes(key.public).verify(signature, (told + note.text).encode())
        except (InvalidSignature, ValueError):
            raise Fault("signature-wrong", file=file, name=key.name) from None
    return bool(claimed)


def signers(note: Note, keys: Iterable[Key], file: str) -> tuple[int, int]:
    """How many different keys signed, and how many names did."""
    signed = [key for key in keys if has_signed(note, key, file)]
    return len({key.public for key in signed}), len(signed)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's origin, size and root, and the note that says so."""

    origin: str
    size: int
    root: bytes
    note: Note


def checkpoint_of(data: bytes, file: str) -> Checkpoint:
    """The checkpoint of a note: origin, size, root in base64, and no further lines."""
    note = note_of(data, file)
    lines = note.text.split("\n")
    root = unbase64(lines[2]) if len(lines) == 4 else None
    if root is None or len(root) != 32 or not re.fullmatch(r"0|[1-9][0-9]{0,15}", lines[1]):
        raise Fault("note-malformed", file=file)
    return Checkpoint(lines[0], int(lines[1]), root, note)


# ======================================================================================================================
# Counting. Every method of the format, written from its description. Votes are whole ballots (int) or shares (Fraction).
# ======================================================================================================================
#
# Options are places (0, 1, …) in ballot order. A ballot that counts for nobody is held by one of the four causes below.
# Ballots that say the same are counted as one with their number.

Amount = int | Fraction
Ranking = tuple[tuple[str, ...], ...]
Order = tuple[tuple[int, ...], ...]
"""Groups of places in turn."""
Path = tuple[Order, int]
"""What a ballot says under the rules: groups of places in turn, and the cause by which it ends behind the last."""

OVERVOTE = "__OVERVOTE__"
CHOICES, OVERVOTES, REPEATED, SKIPPED, UNNEEDED = -1, -2, -3, -4, -5
"""Why nobody holds a ballot; the last when all seats were filled before it could go on."""
CAUSES = {
    CHOICES: "exhaustedChoices",
    OVERVOTES: "overvotes",
    REPEATED: "repeatedRankings",
    SKIPPED: "skippedRankings",
}

CAUSE_NAMES = tuple(CAUSES.values())
PAIR_METHODS = (
    "schulze",
    "ranked-pairs",
    "minimax",
    "copeland",
    "smith-set",
    "schwartz-set",
    "condorcet-winner",
    "condorcet-loser",
)
"""Methods that see ballots through their pairs alone."""

BACKWARDS = ("previous_rounds_then_random", "backwards_then_lot", "backwards_then_order")
BY_LOT = ("random", "generated_permutation", "previous_rounds_then_random", "backwards_then_lot")
FEWEST_WINS = "loser_by_fewest_pairwise_wins"

WORK, WORK_A_MARK = 100_000_000, 20
"""Steps after which a count is given up, and more for each mark of each different ranking: half a minute, and about what
reading so many ballots takes. No honest count comes near it: it looks at each mark a few times and merges what counts alike."""


class Uncountable(Exception):
    """The ballots, options and rules do not make a count: the message says why."""


@dataclass(slots=True)
class Poll:
    """What is counted. `work` is what may still be spent on it."""

    method: str
    options: tuple[str, ...]
    seats: int
    rules: Mapping[str, Any]
    ballots: Mapping[Ranking, int]
    work: int = 0

    @property
    def standing(self) -> list[int]:
        """The places of the options that were not withdrawn."""
        gone = self.rules.get("excluded_candidates", ())
        return [place for place, option in enumerate(self.options) if option not in gone]

    @property
    def cast(self) -> int:
        """All ballots."""
        return sum(self.ballots.values())

    @property
    def splits(self) -> bool:
        """Whether options of one rank share a vote (plurality and two rounds)."""
        default = "split_equally" if "unranked" in self.rules else ""
        return bool(self.rules.get("overvote", default) == "split_equally")

    @property
    def last_equal(self) -> bool:
        """Whether options without a mark stand together behind all that are marked."""
        return self.rules.get("unranked") == "ranked_last_equal"

    @property
    def reads_blanks(self) -> bool:
        """Whether a ballot without any mark is read as one that ranks all options equally."""
        return self.last_equal and (
            self.method == "borda" or (self.method in ("plurality", "two-round") and self.splits)
        )

    @property
    def blank(self) -> int:
        """Ballots that say nothing."""
        blanks = (number for ranking, number in self.ballots.items() if not any(ranking))
        return 0 if self.reads_blanks else sum(blanks)

    def spend(self, steps: int) -> None:
        """Note work done; raises `Uncountable` when it is more than any honest count takes."""
        self.work -= steps
        if self.work < 0:
            raise Uncountable("the count takes more work than is sensible")


def count(
    method: str,
    options: Sequence[str],
    ballots: Mapping[Ranking, int],
    seats: int = 1,
    rules: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The result document of a count: ranking → number of ballots in, every round out. Raises `Uncountable`."""
    given = {name: value for name, value in (rules or {}).items() if value is not None}
    fault = rule_fault(method, given)
    if fault:
        raise Uncountable(fault)
    work = WORK + WORK_A_MARK * sum(map(len, ballots))
    poll = Poll(method, tuple(options), seats, given, ballots, work)
    if not options or len(set(options)) < len(options):
        raise Uncountable("the options are not one or more, each once")
    known = {*options, OVERVOTE}
    if not all(known.issuperset(rank) for ranking in ballots for rank in ranking):
        raise Uncountable("a ballot marks an option that does not stand")
    for name in ("excluded_candidates", "tie_break_order"):
        if not known.issuperset(given.get(name, ())):
            raise Uncountable(f"{name} names an option that does not stand")
    return METHODS[method](poll)


# --- rule values -------------------------------------------------------------------------------------------------------

_UP_TO = 10**9 + 1
_RANK_WORDS: dict[str, Any] = {
    "overvote": (
        "exhaust_immediately",
        "skip_to_next_rank",
        "exhaust_if_multiple_continuing",
        "rejected_before_count",
        "not_applicable",
    ),
    "skipped_ranks": ("unlimited", "exhaust_when_more_than_n_consecutive"),
    "max_skipped_ranks": range(_UP_TO),
    "max_rankings": range(1, _UP_TO),
    "duplicate": ("skip", "exhaust"),
}
_TIE_WORDS = (*dict.fromkeys((*BY_LOT, *BACKWARDS)), "candidate_order", "order", "given_elimination_order", "ask")
_ALWAYS: dict[str, Any] = {
    "tie_break": _TIE_WORDS,
    "tie_break_order": "names",
    "tie_break_seed": "text",
    "tie_break_contest": "text",
    "tie_break_note": "text",
    "tie_break_resolutions": "lots",
    "excluded_candidates": "names",
    "note": "text",
}
_WRITE_IN = {"undeclared_write_in": "text"}
_UNRANKED = {"unranked": ("ranked_last_equal", "not_compared")}
_FLAG, _NEVER, _PLACES = (False, True), (False,), range(21)
_STRENGTH = {"strength": ("winning_votes", "margins", "ratio", "pairwise_opposition")}
_FIXED = {"arithmetic": "fixed"}


def _runoff_rules(mode: str, **more: Any) -> dict[str, Any]:
    return {
        **_RANK_WORDS,
        **_ALWAYS,
        **_WRITE_IN,
        **_UNRANKED,
        "winner_mode": (mode,),
        "threshold": "threshold",
        "threshold_basis": ("current_round", "first_round"),
        "batch_elimination": _FLAG,
        "cutoff_elimination": "flag or whole",
        "continue_until_two": _FLAG,
        "stop_after_round": range(1, _UP_TO),
        "decimal_places": _PLACES,
        **more,
    }


_PLURALITY = {**_RANK_WORDS, **_ALWAYS, **_UNRANKED, "overvote": (*_RANK_WORDS["overvote"], "split_equally")}
_ORDERS = {**_RANK_WORDS, **_ALWAYS, **_UNRANKED}
_PAIRS = {**_ORDERS, **_WRITE_IN}
_STRENGTHS = {**_PAIRS, **_STRENGTH}

RULES: dict[str, dict[str, Any]] = {
    "plurality": _PLURALITY,
    "two-round": _PLURALITY,
    "approval": _ORDERS,
    "score": {**_RANK_WORDS, **_ALWAYS, "max_score": range(1, 101)},
    "borda": {**_ORDERS, "points": ("one_based", "zero_based", "harmonic")},
    "yes-no": {**_RANK_WORDS, **_ALWAYS, "threshold": ("more_yes_than_no", "majority_of_valid")},
    "irv": _runoff_rules("single_winner_majority", tie_break=(*_TIE_WORDS, FEWEST_WINS)),
    "irv-bottoms-up": _runoff_rules("bottoms_up"),
    "irv-bottoms-up-threshold": _runoff_rules("bottoms_up_threshold", batch_elimination=_NEVER),
    "irv-multi-pass": _runoff_rules("multi_pass_irv"),
    "stv-scottish": {
        **_RANK_WORDS,
        **_ALWAYS,
        **_FIXED,
        "decimal_places": _PLACES,
        "threshold": ("droop_integer",),
        "surplus": ("wigm_last_value_all_papers",),
        "elected_order": ("one_surplus_per_stage_highest_first",),
        "batch_elimination": _NEVER,
        "zero_surplus_stage": _FLAG,
        "stop_when_last_vacancies_filled": _FLAG,
    },
    "stv-wigm-rctab": {
        **_RANK_WORDS,
        **_ALWAYS,
        **_WRITE_IN,
        "winner_mode": ("multi_many_winners_per_round", "multi_one_winner_per_round"),
        "threshold": ("droop_integer", "droop_fractional", "hare_ceil"),
        "threshold_basis": ("first_round",),
        "decimal_places": _PLACES,
        "batch_elimination": _NEVER,
        "cutoff_elimination": "flag or whole",
        "continue_until_two": _NEVER,
        "stop_after_round": range(1, _UP_TO),
    },
    "stv-gregory-exact": {
        **_ORDERS,
        "threshold": ("droop", "droop_integer", "hagenbach-bischoff", "imperiali", "hare"),
        "surplus": ("wigm_all_papers_exact",),
    },
    "stv-wigm-prf": {
        **_RANK_WORDS,
        **_ALWAYS,
        **_FIXED,
        "decimal_places": (4,),
        "threshold": ("droop_fractional",),
        "surplus": ("wigm_all_papers",),
        "batch_elimination": _FLAG,
        "stop_when_last_vacancies_filled": _FLAG,
    },
    "stv-meek-prf": {
        **_RANK_WORDS,
        **_ALWAYS,
        **_FIXED,
        "decimal_places": (9,),
        "omega": "number",
        "threshold": ("droop_fractional", "droop_fractional_dynamic"),
        "batch_elimination": _NEVER,
    },
    "stv-meek": {
        **_RANK_WORDS,
        **_ALWAYS,
        "overvote": (
            "equal_ranks_equalized",
            "equal_ranks_equalised",
            "equal_ranks_split",
            "equal_ranks_split_equally",
            "equal_ranks_split_evenly",
            *_RANK_WORDS["overvote"],
        ),
        "arithmetic": "text",
        "decimal_places": range(1, 21),
        "omega": "number",
        "threshold": ("droop_fractional_dynamic",),
        "batch_elimination": _FLAG,
    },
    "schulze": _STRENGTHS,
    "ranked-pairs": _STRENGTHS,
    "minimax": _STRENGTHS,
    "copeland": _PAIRS,
    "smith-set": _PAIRS,
    "schwartz-set": _PAIRS,
    "condorcet-winner": _PAIRS,
    "condorcet-loser": _PAIRS,
}
"""Method → rule member → what it may be: words, a range of whole numbers, or the kind of value."""


def rule_fault(method: str, rules: Mapping[str, Any]) -> str:
    """What is wrong with the rule values of a method; nothing if all are of its vocabulary."""
    if method not in RULES:
        return f"no such method: {method}"
    for name, value in rules.items():
        if name not in RULES[method]:
            return f"{method} has no rule {name}"
        if not _is_legal(RULES[method][name], value):
            return f"{method}: {name} cannot be {value!r}"
    return ""


def _is_legal(kind: Any, value: Any) -> bool:
    """Whether a rule value is of its kind. `True` is no number and 1 is no flag."""
    if isinstance(kind, range):
        return type(value) is int and value in kind
    if not isinstance(kind, str):
        return any(value == word and type(value) is type(word) for word in kind)
    if kind == "text":
        return type(value) in (str, int)
    if kind == "fixed":
        return isinstance(value, str) and value.startswith("fixed")
    if kind == "flag or whole":
        return isinstance(value, int) and value >= 0
    if kind == "names":
        return isinstance(value, list) and _are_names(value) and len(set(value)) == len(value)
    if kind == "number":
        return type(value) in (str, int) and positive_number(str(value)) is not None
    if kind == "threshold":
        share = positive_number(str(value).removeprefix("percent_of_active:"))
        return value == "droop_integer" or (
            str(value).startswith("percent_of_active:") and share is not None and share <= 100
        )
    return isinstance(value, list) and all(_is_recorded_lot(entry) for entry in value)


def _are_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def _is_recorded_lot(entry: Any) -> bool:
    """Whether this says how one tie fell: {round, tied, selected, selecting, how?, pass?}."""
    return (
        isinstance(entry, dict)
        and {"round", "tied", "selected", "selecting"} <= set(entry) <= {*LOT_MEMBERS}
        and type(entry["round"]) is int
        and _are_names(entry["tied"])
        and entry["selected"] in entry["tied"]
        and entry["selecting"] in ("winner", "loser")
        and type(entry.get("pass", 0)) is int
    )


LOT_MEMBERS = ("round", "tied", "selected", "selecting", "how", "pass")


def positive_number(text: str) -> Fraction | None:
    """The number of a short plain decimal, or nothing."""
    if not re.fullmatch(r"[0-9]{1,20}(\.[0-9]{1,20})?(E-?[0-9]{1,2})?", text):
        return None
    number = Fraction(text)
    return number if number > 0 else None


# --- amounts -----------------------------------------------------------------------------------------------------------


def decimal_of(amount: Amount) -> int | str:
    """An amount as the result has it: an integer, else a decimal string, endless ones cut behind 20 places."""
    if amount.denominator == 1:
        return int(amount)
    places = finite_places(amount)
    places = 20 if places is None else places
    digits, part = divmod(abs(amount.numerator) * 10**places // amount.denominator, 10**places)
    return f"{'-' if amount < 0 else ''}{digits}.{part:0{places}d}"


def finite_places(amount: Amount) -> int | None:
    """How many decimal places an amount takes; nothing if they never end."""
    rest, fives = amount.denominator, 0
    twos = (rest & -rest).bit_length() - 1
    rest >>= twos
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    return max(twos, fives) if rest == 1 else None


# --- ballots as the rules read them ------------------------------------------------------------------------------------


def read_strictly(poll: Poll, ranking: Ranking, places: Mapping[str, int]) -> Path:
    """A ranking as groups of places under the rank rules. `places` holds the options that stand; others are passed over."""
    rules = poll.rules
    overvote = rules.get("overvote", "pass" if "unranked" in rules else "end")
    limit = rules.get("max_skipped_ranks") if rules.get("skipped_ranks", "unlimited") != "unlimited" else None
    groups: dict[tuple[int, ...], None] = {}
    seen: set[str] = set()
    blanks = 0
    for rank in completed(poll, ranking):
        if not rank:
            blanks += 1
            continue
        if limit is not None and blanks > limit:
            return tuple(groups), SKIPPED
        blanks = 0
        marks = {mark for mark in rank if mark != OVERVOTE}
        if rules.get("duplicate") == "exhaust":
            if seen & marks:
                return tuple(groups), REPEATED
            seen |= marks
        if len(rank) > 1 or not marks:
            if overvote in ("pass", "skip_to_next_rank"):
                continue
            if overvote != "exhaust_if_multiple_continuing" or OVERVOTE in rank:
                return tuple(groups), OVERVOTES
        group = tuple(sorted(places[mark] for mark in marks if mark in places))
        if group:
            groups[group] = None
    return tuple(groups), CHOICES


def completed(poll: Poll, ranking: Ranking) -> Ranking:
    """The ranks that are read, without blank ones at the end; behind them, where the rules say so, all options left out."""
    ranks = without_end(ranking[: poll.rules.get("max_rankings")])
    return (*ranks, unmarked(poll.options, ranks)) if poll.last_equal else ranks


def without_end(ranking: Ranking) -> Ranking:
    """A ranking without blank ranks at its end."""
    end = len(ranking)
    while end and not ranking[end - 1]:
        end -= 1
    return ranking[:end]


class Papers:
    """All different ballots with a mark: how many there are of each, who holds them in which pile, and how much that is.

    A pile is of one value. Those who may receive only become fewer, so that no ballot is read twice.
    """

    def __init__(self, poll: Poll, one: int = 1) -> None:
        places = {poll.options[place]: place for place in poll.standing}
        merged: dict[Path, int] = {}
        for ranking, number in poll.ballots.items():
            if any(ranking):
                path = read_strictly(poll, ranking, places)
                merged[path] = merged.get(path, 0) + number
        self.poll, self.one = poll, one
        self.paths = list(merged)
        self.numbers = list(merged.values())
        self.valid = sum(self.numbers)

    def begin(self, continuing: Iterable[int]) -> None:
        """Give every ballot at its whole value to the first on it who may receive."""
        self.at = [0] * len(self.paths)
        self.piles: dict[int, dict[Amount, list[int]]] = {}
        self.held: dict[int, Amount] = {}
        self.give(range(len(self.paths)), self.one, continuing)

    def whom(self, ballot: int, continuing: Container[int]) -> int:
        """Whom a ballot counts for among those who may receive: a place, or the cause by which it counts for nobody."""
        groups, cause = self.paths[ballot]
        for at in range(self.at[ballot], len(groups)):
            live = [place for place in groups[at] if place in continuing]
            if live:
                self.at[ballot] = at
                return live[0] if len(live) == 1 else OVERVOTES
        return cause

    def give(self, ballots: Sequence[int], value: Amount, continuing: Iterable[int] | None) -> dict[int, Amount]:
        """Lay ballots of one value on the piles of those for whom they count now; says who received how much."""
        self.poll.spend(len(ballots))
        receivers = frozenset(continuing or ())
        piles: dict[int, list[int]] = {}
        for ballot in ballots:
            target = UNNEEDED if continuing is None else self.whom(ballot, receivers)
            piles.setdefault(target, []).append(ballot)
        given: dict[int, Amount] = {}
        for target, pile in piles.items():
            given[target] = value * sum(self.numbers[ballot] for ballot in pile)
            self.held[target] = self.held.get(target, 0) + given[target]
            self.piles.setdefault(target, {}).setdefault(value, []).extend(pile)
        return given

    def move(
        self, source: int, continuing: Iterable[int] | None, revalue: Callable[[Amount], Amount] | None = None
    ) -> dict[int, Amount]:
        """Give the ballots of one place to the next on them, at a new value; says who received how much.

        Without anybody `continuing` because all seats are filled, nobody needs them any more.
        """
        self.held.pop(source, None)
        moved: dict[int, Amount] = {}
        for value, pile in self.piles.pop(source, {}).items():
            given = self.give(pile, revalue(value) if revalue else value, continuing)
            for target, votes in given.items():
                moved[target] = moved.get(target, 0) + votes
        return {target: votes for target, votes in moved.items() if votes}


def unmarked(options: Iterable[str], ranking: Ranking) -> tuple[str, ...]:
    """The options a ranking leaves out, in their order."""
    marked = {mark for rank in ranking for mark in rank}
    return tuple(option for option in options if option not in marked)


# --- ties --------------------------------------------------------------------------------------------------------------


def lot_order(contest: str, seed: str, options: Iterable[str]) -> list[str]:
    """The options as a lot orders them: by SHA-256 of `yishi/1/lot`, contest, seed and option id on lines of their own."""
    return sorted(options, key=lambda o: hashlib.sha256(f"yishi/1/lot\n{contest}\n{seed}\n{o}".encode()).digest())


class Ties:
    """Breaks ties by the rules, and keeps a record of each. `is_open` says that one was met which no rule breaks."""

    def __init__(self, poll: Poll) -> None:
        self.poll = poll
        self.options = poll.options
        self.rules = poll.rules
        self.kind = poll.rules.get("tie_break")
        self.is_open = False
        self.records: list[dict[str, Any]] = []
        self.order = self._order()

    def _order(self) -> list[str]:
        """The strict order behind the rule, if it has one."""
        if self.kind in (None, "ask"):
            return []
        if self.rules.get("tie_break_order"):
            return list(self.rules["tie_break_order"])
        if self.kind in BY_LOT and "tie_break_seed" in self.rules:
            contest = str(self.rules.get("tie_break_contest", ""))
            return lot_order(contest, str(self.rules["tie_break_seed"]), self.options)
        return list(self.options) if self.kind in ("candidate_order", "order") else []

    def choose(
        self,
        tied: Iterable[int],
        selecting: str,
        number: int,
        history: Sequence[Mapping[int, Amount]] = (),
        in_pass: int | None = None,
    ) -> int | None:
        """The only one of `tied`, or the one the rules select in round `number`; nobody leaves the tie open."""
        places = sorted(tied)
        if len(places) == 1:
            return places[0]
        chosen, how, facts = self._decided(places, selecting, number, history, in_pass)
        self.record(places, selecting, number, chosen, how, **facts)
        return chosen

    def record(
        self, tied: Iterable[int], selecting: str, number: int, chosen: int | None, how: str, **facts: Any
    ) -> None:
        """Keep how a tie fell."""
        names = [self.options[place] for place in tied]
        entry = {"round": number, "tied": names, "selecting": selecting, "how": how, **facts}
        self.records.append(entry if chosen is None else {**entry, "selected": self.options[chosen]})
        self.is_open = self.is_open or how == "open"

    def taken(self) -> list[dict[str, Any]]:
        """The records since the last call."""
        records, self.records = self.records, []
        return records

    def _decided(
        self,
        places: list[int],
        selecting: str,
        number: int,
        history: Sequence[Mapping[int, Amount]],
        in_pass: int | None,
    ) -> tuple[int | None, str, dict[str, Any]]:
        chosen = self._recorded(places, selecting, number, in_pass)
        if chosen is not None:
            return chosen, "recorded", {}
        if self.kind in BACKWARDS:
            self.poll.spend(len(places) * len(history))
            places, compared = looked_back(places, selecting, history)
            if len(places) == 1:
                return places[0], "previous_rounds", {"compared_round": compared}
            chosen = self._recorded(places, selecting, number, in_pass)
            if chosen is not None:
                return chosen, "recorded", {}
        chosen = self._first(places, selecting)
        if chosen is None:
            return None, "open", {}
        by_lot = self.kind in BY_LOT and not self.rules.get("tie_break_order")
        return chosen, "lot" if by_lot else "order", {"order": self.order}

    def _recorded(self, places: list[int], selecting: str, number: int, in_pass: int | None) -> int | None:
        """What a recorded lot for exactly this tie says."""
        names = {self.options[place] for place in places}
        for lot in self.rules.get("tie_break_resolutions", ()):
            same = (lot["round"], lot["selecting"], set(lot["tied"])) == (number, selecting, names)
            if same and lot.get("pass") in (None, in_pass):
                return self.options.index(lot["selected"])
        return None

    def _first(self, places: list[int], selecting: str) -> int | None:
        """Whom the order selects: the earliest wins, the latest loses."""
        listed = [self.options.index(name) for name in self.order if name in self.options]
        listed = [place for place in listed if place in places]
        if not listed:
            return None
        backwards = selecting == "loser"
        if self.kind == "given_elimination_order":
            gone = self.rules.get("excluded_candidates", ())
            if not {option for option in self.options if option not in gone} <= set(self.order):
                return None
            backwards = selecting == "winner"
        elif "first" in str(self.rules.get("tie_break_note", "")):
            backwards = False
        return listed[-1 if backwards else 0]


def looked_back(
    places: list[int], selecting: str, history: Sequence[Mapping[int, Amount]]
) -> tuple[list[int], int | None]:
    """Those with the most (least) votes in the latest earlier round that tells them apart, and in those before it."""
    compared = None
    for number in range(len(history), 0, -1):
        votes = {place: history[number - 1].get(place, 0) for place in places}
        extreme = max(votes.values()) if selecting == "winner" else min(votes.values())
        left = [place for place in places if votes[place] == extreme]
        if len(left) < len(places):
            places, compared = left, number
        if len(places) == 1:
            break
    return places, compared


# --- the result document -----------------------------------------------------------------------------------------------


class Rounds:
    """The rounds as the result writes them. Amounts come in units of 1/`one` vote; `votes` keeps them for ties."""

    def __init__(self, poll: Poll, one: int = 1) -> None:
        self.poll = poll
        self.options = poll.options
        self.one = one
        self.documents: list[dict[str, Any]] = []
        self.votes: list[dict[int, Amount]] = []

    def shown(self, units: Amount) -> int | str:
        """Units as an amount of votes."""
        return decimal_of(self.exact(units))

    def exact(self, units: Amount) -> Amount:
        """Units as votes."""
        return Fraction(units) / self.one

    def named(self, places: Iterable[int]) -> list[str]:
        """Options by name."""
        return [self.options[place] for place in places]

    def add(
        self,
        number: int,
        votes: Mapping[int, Amount],
        left: Mapping[int, Amount],
        *,
        elected: Sequence[int] = (),
        eliminated: Sequence[int] = (),
        moved: Mapping[int, Mapping[int | str, Amount]] | None = None,
        ties: Sequence[dict[str, Any]] = (),
        action: str = "count",
        source: Sequence[int] = (),
        residual: Amount = 0,
        final: Amount = 0,
        **more: Any,
    ) -> None:
        """Write one round. `left` is what the causes hold, `moved` who received how much from whom at its end."""
        self.poll.spend(50 * len(votes))
        document = {
            "round": number,
            "action": action,
            "source": self.named(source),
            "tallies": {self.options[place]: self.shown(units) for place, units in votes.items()},
            "elected": sorted(self.named(elected)),
            "eliminated": sorted(self.named(eliminated)),
            "exhausted": self.shown(sum(left.get(cause, 0) for cause in CAUSES)),
            "exhausted_by": {name: self.shown(left.get(cause, 0)) for cause, name in CAUSES.items()},
            "transfers": self.transfers((*elected, *eliminated), moved or {}),
            "residual_surplus": self.shown(residual),
            "final_round_surplus": self.shown(final),
            **more,
        }
        exact = {self.options[place]: self.exact(units) for place, units in votes.items()}
        endless = {name: str(held) for name, held in exact.items() if finite_places(held) is None}
        self.documents.append(
            document | ({"ties": list(ties)} if ties else {}) | ({"exact": endless} if endless else {})
        )
        self.votes.append(dict(votes))

    def transfers(
        self, decided: Iterable[int], moved: Mapping[int, Mapping[int | str, Amount]]
    ) -> dict[str, dict[str, int | str]]:
        """Votes by source and target. All that ended for want of a choice is `exhausted`."""
        rows: dict[str, dict[str, Amount]] = {name: {} for name in self.named(decided)}
        for source, targets in moved.items():
            for target, units in targets.items():
                row = rows.setdefault(self.options[source], {})
                name = target if isinstance(target, str) else "exhausted" if target < 0 else self.options[target]
                row[name] = row.get(name, 0) + units
        return {name: {target: self.shown(units) for target, units in row.items()} for name, row in rows.items()}


def result(
    poll: Poll, rounds: list[dict[str, Any]], winners: Sequence[str], outcome: str, **more: Any
) -> dict[str, Any]:
    """The whole document. Winners come by round of election and by name within a round, then those no round names."""
    by_round = [name for entry in rounds for name in entry["elected"]]
    return {
        "method": poll.method,
        "seats": poll.seats,
        "winners": [*by_round, *(name for name in winners if name not in by_round)],
        "complete": outcome not in ("tie_open", "stopped"),
        "outcome": outcome,
        "total_ballots_with_rankings": poll.cast,
        "valid_poll": poll.cast - poll.blank,
        "undervotes": poll.blank,
        "rounds": rounds,
        **more,
    }


# --- one round of scores: plurality, two rounds, approval, score, Borda, yes or no ---------------------------------------


def best(
    ties: Ties, groups: Sequence[Sequence[int]], seats: int, number: int = 1, shares: bool = True
) -> tuple[list[int], bool]:
    """Who takes the seats from groups of equals, best first, and whether the rules settle that.

    A tie for the last seats that nothing breaks gives them to all of the tie, where the rules name no tie-break.
    """
    winners: list[int] = []
    for group in groups:
        left = list(group)
        while left and len(winners) < seats:
            if len(left) <= seats - len(winners):
                winners += left
                break
            chosen = ties.choose(left, "winner", number)
            if chosen is None:
                return winners + (left if ties.kind is None and shares else []), False
            winners.append(chosen)
            left.remove(chosen)
    return winners, True


def equals(scores: Mapping[int, Any]) -> list[list[int]]:
    """Groups of places with equal scores, the highest first."""
    return [
        [place for place in scores if scores[place] == level] for level in sorted(set(scores.values()), reverse=True)
    ]


@dataclass(slots=True)
class Scored:
    """One round of scores: who has how much, why ballots counted for nobody, who took the seats."""

    scores: dict[int, Amount]
    left: dict[int, Amount]
    groups: list[list[int]]
    winners: list[int]
    outcome: str
    ties: list[dict[str, Any]]


def scored(poll: Poll, scores: dict[int, Amount], left: dict[int, Amount], number: int = 1) -> Scored:
    """The best `seats` of these scores."""
    groups, ties = equals(scores), Ties(poll)
    if not any(scores.values()):
        return Scored(scores, left, groups, [], "no_ballots", [])
    winners, settled = best(ties, groups, poll.seats, number)
    outcome = ("decided" if len(winners) >= poll.seats else "seats_left") if settled else "tie_open"
    return Scored(scores, left, groups, winners, outcome, ties.records)


def one_round(poll: Poll, found: Scored, by_round: bool = False) -> dict[str, Any]:
    """The document of a count that is one round of scores."""
    rounds = Rounds(poll)
    rounds.add(1, found.scores, found.left, elected=found.winners, ties=found.ties)
    tallies = rounds.documents[0]["tallies"]
    return result(
        poll,
        rounds.documents,
        rounds.named(found.winners),
        found.outcome,
        ranking=[rounds.named(group) for group in found.groups],
        scores={"1": tallies} if by_round else tallies,
    )


def count_plurality(poll: Poll) -> dict[str, Any]:
    """The first preference of each ballot, or its first `seats` marks where there are several seats."""
    return one_round(poll, plurality(poll), by_round=True)


def plurality(poll: Poll, number: int = 1) -> Scored:
    """One round of first preferences."""
    reader = _shared if poll.splits else _block if poll.seats > 1 else _single_first
    places = {poll.options[place]: place for place in poll.standing}
    scores: dict[int, Amount] = dict.fromkeys(places.values(), 0)
    left: dict[int, Amount] = {}
    for ranking, ballots in poll.ballots.items():
        if not any(ranking) and not poll.reads_blanks:
            continue
        shares, cause = reader(poll, ranking, places)
        for place, share in shares.items():
            scores[place] += share * ballots
        if not shares:
            left[cause] = left.get(cause, 0) + ballots
    return scored(poll, scores, left, number)


def _shared(poll: Poll, ranking: Ranking, places: Mapping[str, int]) -> tuple[dict[int, Amount], int]:
    """A vote for each seat, in the order of the ranks; those of the rank where the votes run out share what is left."""
    shares: dict[int, Amount] = {}
    ranks, cause = _let_count(poll, ranking)
    for rank in ranks:
        fresh = dict.fromkeys(places[mark] for mark in rank if mark in places and places[mark] not in shares)
        left = max(poll.seats, 1) - len(shares)
        if fresh and left > 0:
            shares |= dict.fromkeys(fresh, min(Fraction(left, len(fresh)), Fraction(1)))
    return shares, cause


def _let_count(poll: Poll, ranking: Ranking) -> tuple[Ranking, int]:
    """The marked ranks that the rank rules let count, whatever several marks at one mean, and why no more do."""
    rules = poll.rules
    limit = rules.get("max_skipped_ranks") if rules.get("skipped_ranks", "unlimited") != "unlimited" else None
    ranks: list[tuple[str, ...]] = []
    seen: set[str] = set()
    blanks = 0
    for rank in completed(poll, ranking):
        if not rank:
            blanks += 1
            continue
        if limit is not None and blanks > limit:
            return tuple(ranks), SKIPPED
        blanks = 0
        marks = {mark for mark in rank if mark != OVERVOTE}
        if rules.get("duplicate") == "exhaust" and seen & marks:
            return tuple(ranks), REPEATED
        seen |= marks
        ranks.append(rank)
    return tuple(ranks), CHOICES


def _single_first(poll: Poll, ranking: Ranking, places: Mapping[str, int]) -> tuple[dict[int, Amount], int]:
    """The first who stands; a group of several that comes first is an overvote."""
    groups, cause = read_strictly(poll, ranking, places)
    if not groups:
        return {}, cause
    return ({groups[0][0]: 1}, cause) if len(groups[0]) == 1 else ({}, OVERVOTES)


def _block(poll: Poll, ranking: Ranking, places: Mapping[str, int]) -> tuple[dict[int, Amount], int]:
    """Up to `seats` marks in the order of the ranks; a rank that goes beyond them ends the ballot, or is passed over."""
    chosen: dict[int, Amount] = {}
    ranks, cause = _let_count(poll, ranking)
    for rank in ranks:
        fresh = list(dict.fromkeys(places[mark] for mark in rank if mark in places and places[mark] not in chosen))
        room = poll.seats - len(chosen)
        if OVERVOTE in rank or (len(rank) > 1 and len(fresh) > room):
            if poll.rules.get("overvote") == "skip_to_next_rank":
                continue
            return chosen, OVERVOTES
        chosen |= dict.fromkeys(fresh[:room], 1)
        if len(chosen) == poll.seats:
            break
    return chosen, cause


def count_two_round(poll: Poll) -> dict[str, Any]:
    """An absolute majority of first preferences, else a second round between two leaders for each open seat."""
    first = plurality(poll)
    counted = poll.cast - poll.blank - sum(first.left.values())
    majority = [place for place, votes in first.scores.items() if 2 * votes > counted]
    seated = [place for place in first.winners if place in majority]
    vacant = poll.seats - len(seated)
    if first.outcome in ("no_ballots", "seats_left") or vacant <= 0 or len(poll.standing) <= poll.seats:
        return one_round(poll, first, by_round=True)
    open_groups = [group for group in first.groups if not set(group) <= set(majority)]
    ties = Ties(poll)
    leaders, settled = best(ties, open_groups, 2 * vacant)
    rounds = Rounds(poll)
    opening: dict[str, Any] = {"elected": seated, "ties": ties.records}
    if not settled and ties.kind is not None:
        rounds.add(1, first.scores, first.left, **opening)
        return _two_rounds(poll, rounds, "tie_open", first.groups)
    out = [place for place in poll.standing if place not in leaders]
    if not out:
        return one_round(poll, first, by_round=True)
    lost = [place for place in out if place not in seated]
    withdrawn = [option for place, option in enumerate(poll.options) if place not in leaders]
    again = replace(poll, seats=vacant, rules={**poll.rules, "excluded_candidates": withdrawn})
    rounds.add(1, first.scores, first.left, eliminated=lost, moved=_to_the_second_round(poll, again, lost), **opening)
    last = plurality(again, number=2)
    rounds.add(2, last.scores, last.left, elected=last.winners, ties=last.ties)
    second = {place for group in last.groups for place in group}
    rest = [[place for place in group if place not in second] for group in open_groups]
    ranking = [*([place] for place in seated), *last.groups, *(group for group in rest if group)]
    outcome = "seats_left" if seated and last.outcome == "no_ballots" else last.outcome
    return _two_rounds(poll, rounds, outcome, ranking)


def _to_the_second_round(poll: Poll, again: Poll, lost: Sequence[int]) -> dict[int, dict[int | str, Amount]]:
    """Whom the ballots of those left out count for in the second round, where each ballot is one vote."""
    moved: dict[int, dict[int | str, Amount]] = {}
    if poll.seats != 1 or poll.splits:
        return moved
    first, second = ({each.options[place]: place for place in each.standing} for each in (poll, again))
    for ranking, ballots in poll.ballots.items():
        for source in _single_first(poll, ranking, first)[0]:
            if source in lost and ballots:
                held, cause = _single_first(again, ranking, second)
                row = moved.setdefault(source, {})
                target = next(iter(held), cause)
                row[target] = row.get(target, 0) + ballots
    return moved


def _two_rounds(poll: Poll, rounds: Rounds, outcome: str, groups: Sequence[Sequence[int]]) -> dict[str, Any]:
    return result(
        poll,
        rounds.documents,
        (),
        outcome,
        ranking=[rounds.named(group) for group in groups],
        scores={str(entry["round"]): entry["tallies"] for entry in rounds.documents},
    )


def count_approval(poll: Poll) -> dict[str, Any]:
    """One vote for every option that is read at any rank."""
    scores: dict[int, Amount] = dict.fromkeys(poll.standing, 0)
    left: dict[int, Amount] = {}
    stands = {poll.options[place]: place for place in scores}
    for ranking, ballots in poll.ballots.items():
        chosen = [place for group in weak_order(ranking, stands, poll.rules) for place in group]
        for place in chosen:
            scores[place] += ballots
        if any(ranking) and not chosen:
            several = any(OVERVOTE in rank or len(stands.keys() & set(rank)) > 1 for rank in ranking)
            cause = OVERVOTES if several else CHOICES
            left[cause] = left.get(cause, 0) + ballots
    return one_round(poll, scored(poll, scores, left))


def count_score(poll: Poll) -> dict[str, Any]:
    """The grades added up: rank i gives `max_score` − i points, and an option keeps its highest grade."""
    highest = poll.rules.get("max_score", 5)
    scores: dict[int, Amount] = dict.fromkeys(poll.standing, 0)
    stands = {poll.options[place]: place for place in scores}
    for ranking, ballots in poll.ballots.items():
        for number, group in ranks_read(ranking, stands, poll.rules):
            if number > highest:
                raise Uncountable("a ballot grades below 0")
            for place in group:
                scores[place] += (highest - number) * ballots
    return one_round(poll, scored(poll, scores, {}))


def count_borda(poll: Poll) -> dict[str, Any]:
    """Points by place; options of one rank share the points of the places they take."""
    standing = [poll.options[place] for place in poll.standing]
    kind, size = poll.rules.get("points", "one_based"), len(standing)
    worth: list[Amount] = [Fraction(1, place + 1) if kind == "harmonic" else size - place for place in range(size)]
    if kind == "zero_based":
        worth = [points - 1 for points in worth]
    scores: dict[int, Amount] = dict.fromkeys(poll.standing, 0)
    stands = dict(zip(standing, poll.standing, strict=True))
    for ranking, ballots in poll.ballots.items():
        order = weak_order(ranking, stands, poll.rules)
        if poll.last_equal:
            order = (*order, tuple(place for place in scores if not any(place in group for group in order)))
        begin = 0
        for group in order:
            shared = worth[begin : begin + len(group)]
            begin += len(group)
            for place in group:
                scores[place] += Fraction(sum(shared) * ballots, len(group))
    return one_round(poll, scored(poll, scores, {}))


def count_yes_no(poll: Poll) -> dict[str, Any]:
    """The first option is yes, the second no, all others abstain. Without more yes than the threshold asks, it is no."""
    papers = Papers(poll)
    votes: dict[int, Amount] = dict.fromkeys(poll.standing, 0)
    left: dict[int, Amount] = {}
    for (groups, cause), number in zip(papers.paths, papers.numbers, strict=True):
        if groups and len(groups[0]) == 1:
            votes[groups[0][0]] += number
        else:
            cause = OVERVOTES if groups else cause
            left[cause] = left.get(cause, 0) + number
    most = papers.valid // 2 if poll.rules.get("threshold") == "majority_of_valid" else votes.get(1, 0)
    winner = 0 if votes.get(0, 0) > most else 1
    outcome = "decided" if any(votes.values()) else "no_ballots"
    elected = [winner] if outcome == "decided" and winner in votes else []
    rounds = Rounds(poll)
    rounds.add(1, votes, left, elected=elected, threshold=decimal_of(most + 1))
    return result(poll, rounds.documents, (), outcome)


# --- instant-runoff ----------------------------------------------------------------------------------------------------


class Runoff:
    """One instant-runoff count over the places that take part. `in_pass` numbers it among several."""

    def __init__(self, poll: Poll, papers: Papers, standing: list[int], seats: int, in_pass: int | None = None) -> None:
        self.poll, self.rules, self.papers = poll, poll.rules, papers
        self.standing, self.entered = list(standing), len(standing)
        self.seats, self.in_pass = seats, in_pass
        self.to_threshold = poll.method == "irv-bottoms-up-threshold"
        self.upwards = poll.method == "irv-bottoms-up"
        self.write_in = place_of(poll, self.rules.get("undeclared_write_in"))
        # Undeclared write-ins may be tied as well, so here they are compared like any option.
        named = {name: value for name, value in poll.rules.items() if name != "undeclared_write_in"}
        everybody = Poll(poll.method, poll.options, poll.seats, named, poll.ballots, poll.work)
        self.pairs = Pairs(everybody) if self.rules.get("tie_break") == FEWEST_WINS else None
        self.ties, self.rounds = Ties(poll), Rounds(poll)
        self.winners: list[int] = []
        self.line: Amount = 0
        papers.begin(self.standing)

    def run(self) -> str:
        """Count to the end; says how it ended."""
        outcome = None
        while outcome is None:
            outcome = self.play()
        return outcome

    def play(self) -> str | None:
        """One round: count, set the line, elect, or else eliminate, and pass the ballots on."""
        held = dict(self.papers.held)
        votes = {place: int(held.get(place, 0)) for place in self.standing}
        self.set_line(sum(votes.values()))
        begun = bool(self.winners or self.rounds.votes or any(votes.values()))
        begun = begun or bool(self.rules.get("tie_break_resolutions"))
        begun = begun or (self.pairs is not None and self.papers.valid > 0)
        begun = begun and bool(votes or self.rounds.votes)
        elected = self.elect(votes) if begun else []
        self.winners += elected
        eliminated = self.eliminate(votes) if begun and not elected and self.goes_on() else []
        self.standing = [place for place in self.standing if place not in eliminated]
        outcome = self.ended(eliminated) if begun else "no_ballots"
        moved: dict[int, Any] = {}
        if outcome is None:
            moved = {place: self.papers.move(place, self.standing) for place in eliminated}
        numbered: dict[str, Any] = {} if self.in_pass is None else {"pass": self.in_pass}
        self.rounds.add(
            len(self.rounds.votes) + 1,
            votes,
            held,
            elected=elected,
            eliminated=eliminated,
            moved=moved,
            ties=self.ties.taken(),
            threshold=decimal_of(self.line),
            **numbered,
        )
        return outcome

    def set_line(self, active: int) -> None:
        """The votes that elect: of this round's active ballots, or of the first round's."""
        basis = self.rules.get("threshold_basis", "first_round" if self.upwards else "current_round")
        frozen = (
            basis == "first_round"
            or (self.upwards and self.seats > 1)
            or (self.rules.get("continue_until_two") and self.winners)
        )
        if self.rounds.votes and frozen:
            return
        share = self.rules.get("threshold", "droop_integer")
        if share == "droop_integer":
            self.line = active // ((self.seats or 1) + 1) + 1
        else:
            self.line = active * Fraction(share.partition(":")[2]) / 100

    def elect(self, votes: dict[int, int]) -> list[int]:
        """Who is elected. Nobody while ballots lie with undeclared write-ins."""
        if votes.get(self.write_in, 0):
            return []
        if self.to_threshold:
            return list(votes) if len(votes) == 1 or all(held > self.line for held in votes.values()) else []
        vacant = self.seats - len(self.winners)
        if vacant <= 0:
            return []
        if len(votes) <= vacant:
            return list(votes)
        if self.upwards:
            return []
        if self.pairs and len(set(votes.values())) == 1 and self.pairs.last_of(list(votes)) == list(votes):
            return self.select(list(votes), "winner")
        over = [place for place, held in votes.items() if held >= self.line]
        # Of the last two one wins, also where neither reaches the line, so that no round stands with a single option.
        if len(over) > 1 or (not over and len(votes) == 2):
            most = max(votes.values())
            return self.select([place for place, held in votes.items() if held == most], "winner")
        return over

    def goes_on(self) -> bool:
        """Whether somebody has to leave if nobody was elected."""
        until_two = self.rules.get("continue_until_two") and len(self.standing) > 2
        return not self.ties.is_open and bool(self.to_threshold or len(self.winners) < self.seats or until_two)

    def eliminate(self, votes: dict[int, int]) -> list[int]:
        """Who leaves: undeclared write-ins, else all below the cutoff, else a hopeless group, else the last."""
        if votes.get(self.write_in, 0):
            return [self.write_in]
        group = self.below_cutoff(votes) or (self.hopeless(votes) if self.rules.get("batch_elimination") else [])
        if group:
            return group
        least = min(votes.values(), default=0)
        return self.select([place for place, held in votes.items() if held == least], "loser")

    def below_cutoff(self, votes: dict[int, int]) -> list[int]:
        """Everyone below the cutoff, unless that is everyone."""
        cutoff = self.rules.get("cutoff_elimination", False)
        if cutoff is False:
            return []
        cutoff = self.line if cutoff is True else cutoff
        below = [place for place, held in votes.items() if held < cutoff]
        return below if len(below) < len(votes) else []

    def hopeless(self, votes: dict[int, int]) -> list[int]:
        """The largest group of several whose sum stays below the next option, while enough are left for the seats."""
        upwards = sorted(votes, key=lambda place: votes[place])
        keep = 2 if self.rules.get("continue_until_two") else self.seats
        sums = list(accumulate(votes[place] for place in upwards))
        for size in range(min(len(upwards) - keep, len(upwards) - 1), 1, -1):
            if sums[size - 1] < votes[upwards[size]]:
                return [place for place in votes if place in upwards[:size]]
        return []

    def select(self, tied: list[int], selecting: str) -> list[int]:
        """The one of `tied` whom the rules select; nobody if the tie stays open."""
        number = len(self.rounds.votes) + 1
        if self.pairs is None or len(tied) < 2:
            chosen = self.ties.choose(tied, selecting, number, self.rounds.votes, self.in_pass)
            return [] if chosen is None else [chosen]
        last = self.pairs.last_of(tied)
        chosen_few = last if selecting == "loser" or last == tied else [place for place in tied if place not in last]
        alone = chosen_few[0] if len(chosen_few) == 1 else None
        self.ties.record(tied, selecting, number, alone, "shared" if alone is None else "pairs")
        return chosen_few

    def ended(self, eliminated: list[int]) -> str | None:
        """How the count ended with this round; nothing if it goes on."""
        if self.ties.is_open or (len(self.winners) > self.seats > 0 and not self.to_threshold):
            return "tie_open"
        if self.to_threshold or not self.standing:
            finished = bool(self.winners or not self.standing)
        elif self.rules.get("continue_until_two") and self.seats == 1:
            finished = len(self.winners) + 1 >= len(self.standing) and not eliminated
        else:
            finished = len(self.winners) >= min(self.seats, self.entered)
        if finished:
            return "decided" if len(self.winners) >= self.seats else "seats_left"
        stop = self.rules.get("stop_after_round")
        return "stopped" if stop is not None and len(self.rounds.votes) + 1 >= stop else None


def place_of(poll: Poll, name: str | None) -> int:
    """The place of an option by name; a place nobody has if there is none."""
    return poll.options.index(name) if name in poll.options else len(poll.options)


def count_runoff(poll: Poll) -> dict[str, Any]:
    """Instant-runoff: one winner by majority, or from the bottom up until `seats` are left or all pass the line."""
    runoff = Runoff(poll, Papers(poll), poll.standing, poll.seats)
    outcome = runoff.run()
    return result(poll, runoff.rounds.documents, runoff.rounds.named(runoff.winners), outcome)


def count_multi_pass(poll: Poll) -> dict[str, Any]:
    """One whole instant-runoff for every seat, each without the winners of those before."""
    papers, standing = Papers(poll), poll.standing
    rounds: list[dict[str, Any]] = []
    outcome, filled = "decided", 0
    while not rounds or (filled < poll.seats and standing and outcome == "decided"):
        runoff = Runoff(poll, papers, standing, min(poll.seats, 1), filled + 1)
        outcome = runoff.run()
        rounds += runoff.rounds.documents
        filled += len(runoff.winners)
        standing = [place for place in standing if place not in runoff.winners]
    if (outcome == "decided" and filled < poll.seats) or (outcome == "no_ballots" and filled):
        outcome = "seats_left"
    return result(poll, rounds, (), outcome)


# --- single transferable vote ------------------------------------------------------------------------------------------


class Transferable:
    """What counts by transfer share. Amounts are units of 1/`one` vote; `kept` is what the elected hold for good."""

    def __init__(self, poll: Poll, one: int) -> None:
        self.poll, self.rules, self.one = poll, poll.rules, one
        self.papers = Papers(poll, one)
        self.ties, self.rounds = Ties(poll), Rounds(poll, one)
        self.entered = poll.standing
        self.standing = poll.standing
        self.winners: list[int] = []
        self.kept: dict[int, Amount] = {}
        self.residual: Amount = 0
        self.outcome: str | None = None
        self.papers.begin(self.standing)
        self.held = self.papers.held
        self.begun = sum(self.held.get(place, 0) for place in self.entered)

    @property
    def vacant(self) -> int:
        """Seats not yet filled."""
        return self.poll.seats - len(self.winners)

    def votes(self, place: int) -> Amount:
        """What a place holds now."""
        return self.kept.get(place, 0) + self.held.get(place, 0)

    def seat(self, elected: Iterable[int]) -> None:
        """Elect: they receive nothing more."""
        for place in elected:
            self.winners.append(place)
            self.standing.remove(place)

    def pass_on(
        self, source: int, revalue: Callable[[Amount], Amount] | None = None, filled: bool = False
    ) -> dict[int, Amount]:
        """Give the ballots of a place to those who stand; where all seats are `filled`, to nobody."""
        return self.papers.move(source, None if filled else self.standing, revalue)

    def by_votes(self, places: Iterable[int]) -> list[int]:
        """Places with the most votes first, equals from the last up."""
        return sorted(places, key=lambda place: (-self.votes(place), -place))

    def extreme(self, places: Iterable[int], selecting: str, number: int) -> int | None:
        """The one with most votes to win, or least to lose; an open tie ends the count."""
        held = {place: self.votes(place) for place in places}
        edge = max(held.values()) if selecting == "winner" else min(held.values())
        tied = [place for place in held if held[place] == edge]
        chosen = self.ties.choose(tied, selecting, number, self.rounds.votes)
        if chosen is None:
            self.outcome = "tie_open"
        return chosen

    def state(self, shown: Iterable[int]) -> tuple[dict[int, Amount], dict[int, Amount]]:
        """What those shown hold, and what the causes hold."""
        return {place: self.votes(place) for place in shown}, {cause: self.held.get(cause, 0) for cause in CAUSES}

    def document(self) -> dict[str, Any]:
        """The result."""
        outcome = self.outcome or ("decided" if self.vacant <= 0 else "seats_left")
        return result(self.poll, self.rounds.documents, self.rounds.named(self.winners), outcome)


class Gregory(Transferable):
    """Exact fractions: all who reach the quota are elected, and their surpluses move on all their ballots."""

    MOST_SEATS = 12
    """Each surplus may double the digits of all fractions that follow."""

    def __init__(self, poll: Poll) -> None:
        if min(poll.seats, len(poll.standing)) > self.MOST_SEATS:
            raise Uncountable(f"{poll.method} counts at most {self.MOST_SEATS} seats")
        super().__init__(poll, 1)
        seats, kind = max(poll.seats, 1), poll.rules.get("threshold", "droop")
        divisor = {"hare": seats, "hagenbach-bischoff": seats + 1, "imperiali": seats + 2}.get(kind)
        begun = int(self.begun)
        self.quota: Amount = begun // (seats + 1) + 1 if divisor is None else Fraction(begun, divisor)

    def run(self) -> dict[str, Any]:
        """Round after round until the seats are filled."""
        if not self.begun:
            self.outcome = "no_ballots"
            votes, left = self.state(self.entered)
            self.rounds.add(1, votes, left, threshold=decimal_of(self.quota))
        while self.vacant > 0 and self.standing and self.outcome is None:
            self.play(len(self.rounds.votes) + 1)
        return self.document()

    def play(self, number: int) -> None:
        """Elect and pass surpluses on, or eliminate the last."""
        shown = [place for place in self.entered if place in self.standing or place in self.winners]
        votes, left = self.state(shown)
        elected = self.elect(number)
        self.seat(elected)
        lost = self.extreme(self.standing, "loser", number) if not elected and self.outcome is None else None
        eliminated = [] if lost is None else [lost]
        self.standing = [place for place in self.standing if place != lost]
        moved: dict[int, Any] = {}
        if self.vacant > 0:
            moved = {place: self.pass_on(place) for place in eliminated}
            for place in elected:
                surplus = max(votes[place] - self.quota, 0)
                ratio = Fraction(surplus) / votes[place] if votes[place] else Fraction(0)
                moved[place] = self.pass_on(place, partial(mul, ratio))
                self.kept[place] = votes[place] - surplus
        self.rounds.add(
            number,
            votes,
            left,
            elected=elected,
            eliminated=eliminated,
            moved=moved,
            ties=self.ties.taken(),
            threshold=decimal_of(self.quota),
        )

    def elect(self, number: int) -> list[int]:
        """Who reaches the quota, no more than there are seats; all who are left if they fit."""
        if len(self.standing) <= self.vacant:
            return list(self.standing)
        over = [place for place in self.standing if self.votes(place) >= self.quota]
        elected: list[int] = []
        while over and len(elected) < self.vacant:
            if len(over) <= self.vacant - len(elected):
                return elected + over
            chosen = self.extreme(over, "winner", number)
            if chosen is None:
                break
            elected.append(chosen)
            over.remove(chosen)
        return elected


class Rctab(Transferable):
    """RCTab: as exact Gregory, but every value is cut to decimal places, and what cutting leaves is residual surplus."""

    def __init__(self, poll: Poll) -> None:
        super().__init__(poll, 10 ** poll.rules.get("decimal_places", 4))
        self.write_in = place_of(poll, self.rules.get("undeclared_write_in"))
        self.final: Amount = 0
        active = int(self.begun) // self.one
        seats, kind = max(poll.seats, 1), self.rules.get("threshold", "droop_integer")
        if kind == "hare_ceil":
            self.quota = -(-active // seats) * self.one
        elif kind == "droop_fractional":
            self.quota = active * self.one // (seats + 1) + 1
        else:
            self.quota = (active // (seats + 1) + 1) * self.one

    def run(self) -> dict[str, Any]:
        """Round after round; a last one shows what nobody receives any more."""
        if not self.begun and not (self.standing and self.rules.get("tie_break_resolutions")):
            self.outcome = "no_ballots"
            self.write(1, *self.state(self.entered))
            return self.document()
        while not self.play(len(self.rounds.votes) + 1):
            pass
        return self.document()

    def play(self, number: int) -> bool:
        """One round; says whether it was the last."""
        shown = [place for place in self.entered if place in self.standing or place in self.winners]
        state = self.state(shown)
        beside: dict[str, Any] = {"residual": self.residual, "final": self.final}
        elected = self.elect(number)
        eliminated = [] if elected or self.outcome or self.vacant <= 0 else self.eliminate(number)
        self.seat(elected)
        self.standing = [place for place in self.standing if place not in eliminated]
        last = self.is_last(number, elected)
        moved: dict[int, Any] = {}
        if not last:
            moved = {place: self.pass_on(place) for place in eliminated}
            moved |= {place: self.surplus(place, int(state[0][place])) for place in elected}
        self.write(number, *state, elected=elected, eliminated=eliminated, moved=moved, **beside)
        return last

    def write(self, number: int, votes: Mapping[int, Amount], left: Mapping[int, Amount], **more: Any) -> None:
        """Keep a round."""
        threshold = self.rounds.shown(self.quota)
        self.rounds.add(number, votes, left, ties=self.ties.taken(), threshold=threshold, **more)

    def writes_in(self) -> bool:
        """Whether ballots lie with undeclared write-ins."""
        return self.write_in in self.standing and bool(self.votes(self.write_in))

    def elect(self, number: int) -> list[int]:
        """Who is elected. Nobody while ballots lie with undeclared write-ins."""
        if self.vacant <= 0 or self.writes_in():
            return []
        over = [p for p in self.standing if self.votes(p) >= self.quota and p != self.write_in]
        if len(self.standing) <= self.vacant:
            over = list(self.standing)
        if len(over) > 1 and self.rules.get("winner_mode") == "multi_one_winner_per_round":
            chosen = self.extreme(over, "winner", number)
            return [] if chosen is None else [chosen]
        return over

    def eliminate(self, number: int) -> list[int]:
        """Who leaves: undeclared write-ins, else all below the cutoff, unless that is everyone, else the last."""
        if self.writes_in():
            return [self.write_in]
        cutoff = self.rules.get("cutoff_elimination", False)
        line = self.quota if cutoff is True else cutoff * self.one
        below = [place for place in self.standing if self.votes(place) < line]
        if below and len(below) < len(self.standing):
            return below
        lost = self.extreme(self.standing, "loser", number)
        return [] if lost is None else [lost]

    def is_last(self, number: int, elected: list[int]) -> bool:
        """Whether the count ends with this round."""
        if self.outcome is not None or (self.vacant <= 0 and not elected) or (self.vacant > 0 and not self.standing):
            return True
        stop = self.rules.get("stop_after_round")
        if stop is None or number < stop:
            return False
        self.outcome = "stopped" if self.vacant > 0 else None
        return True

    def surplus(self, place: int, held: int) -> dict[int | str, Amount]:
        """Pass a surplus on; once the seats are filled nobody needs it, and it is the final round's."""
        filled = self.vacant <= 0
        share = max(held - self.quota, 0) * self.one // held if held else 0
        moved = self.pass_on(place, lambda value: int(value) * share // self.one, filled)
        sent = sum(moved.values())
        residual = max(held - sent - self.quota, 0)
        self.kept[place] = held - sent - residual
        self.residual += residual
        self.final += sent if filled else 0
        sent_to: dict[int | str, Amount] = dict(moved.items())
        return sent_to | ({"residual surplus": residual} if residual else {})


class Scottish(Transferable):
    """The Scottish Order of 2007: one surplus or one exclusion a stage, values cut to five places."""

    def __init__(self, poll: Poll) -> None:
        super().__init__(poll, 10 ** poll.rules.get("decimal_places", 5))
        self.quota = (int(self.begun) // self.one // (max(poll.seats, 1) + 1) + 1) * self.one
        self.pending: list[int] = []

    def run(self) -> dict[str, Any]:
        """Stage after stage until the seats are filled."""
        if not self.begun:
            self.outcome = "no_ballots"
            self.write("first_preferences")
            return self.document()
        self.settle("first_preferences")
        while self.vacant > 0 and self.standing and self.outcome is None:
            number = len(self.rounds.votes) + 1
            if self.pending:
                self.transfer(self.extreme(self.pending, "winner", number))
            else:
                self.exclude(self.extreme(self.standing, "loser", number))
        return self.document()

    def settle(self, action: str, **more: Any) -> None:
        """End a stage: elect who has the quota, and all who are left if they are no more than the vacancies."""
        elected = [place for place in self.standing if self.vacant > 0 and self.votes(place) >= self.quota]
        self.seat(elected)
        zero_too = self.rules.get("zero_surplus_stage", False)
        self.pending += [place for place in elected if zero_too or self.votes(place) > self.quota]
        if len(self.standing) <= self.vacant:
            elected += self.standing
            self.seat(list(self.standing))
        self.write(action, elected=elected, **more)

    def write(self, action: str, **more: Any) -> None:
        """Keep a stage as it stands at its end."""
        self.rounds.add(
            len(self.rounds.votes) + 1,
            *self.state(self.entered),
            ties=self.ties.taken(),
            action=action,
            residual=self.residual,
            threshold=self.rounds.shown(self.quota),
            **more,
        )

    def transfer(self, place: int | None) -> None:
        """Transfer the surplus of one of the elected on all its papers; the quota stays."""
        if place is None:
            # The tie whose surplus comes first stays open: the count ends before this stage.
            return
        held = int(self.votes(place))
        surplus = held - self.quota
        moved = self.pass_on(place, lambda value: int(value) * surplus // held)
        self.kept[place] = self.quota
        self.residual += surplus - sum(moved.values())
        self.pending.remove(place)
        self.settle("surplus", source=[place], moved={place: moved})

    def exclude(self, lost: int | None) -> None:
        """Exclude one, and transfer its papers at their value."""
        if lost is None:
            self.write("exclusion")
            return
        self.standing.remove(lost)
        stops = self.rules.get("stop_when_last_vacancies_filled", False) and len(self.standing) <= self.vacant
        moved = {} if stops else {lost: self.pass_on(lost)}
        self.settle("exclusion", source=[lost], eliminated=[lost], moved=moved)


class PrfGregory(Transferable):
    """The Proportional Representation Foundation's WIGM reference rule: four places, one action a record."""

    def __init__(self, poll: Poll) -> None:
        super().__init__(poll, 10**4)
        self.quota = int(self.begun) // (max(poll.seats, 1) + 1) + 1
        self.pending: list[int] = []
        self.number = 0
        self.stops = bool(self.rules.get("stop_when_last_vacancies_filled"))

    def run(self) -> dict[str, Any]:
        """Rounds, then the end: who is left is elected or defeated."""
        self.write("begin count")
        if not self.begun:
            self.outcome = "no_ballots"
            return self.document()
        while not self.complete and self.outcome is None:
            self.number += 1
            self.play()
        if self.outcome is None:
            for place in list(self.standing):
                self.leave(place, "remaining")
            self.write("count complete")
        return self.document()

    @property
    def complete(self) -> bool:
        """Whether all seats are filled, or as many options left as seats."""
        return self.vacant <= 0 or len(self.standing) <= self.vacant

    def leave(self, place: int, word: str) -> None:
        """At the end, elect one who is left if a seat is, else defeat it."""
        if self.vacant > 0:
            self.seat([place])
            self.write(f"elect {word}", elected=[place])
        else:
            self.standing.remove(place)
            self.write(f"defeat {word}", eliminated=[place])

    def play(self) -> None:
        """Elect; then the first that applies: sure losers leave, the highest surplus moves, the last leaves."""
        for place in self.by_votes(place for place in self.standing if self.votes(place) >= self.quota):
            self.seat([place])
            self.pending.append(place)
            self.write("elect", elected=[place])
        if self.complete and self.stops:
            return
        losers = self.sure_losers() if self.rules.get("batch_elimination") else []
        if losers:
            self.exclude(losers, sure=True)
        elif self.pending:
            self.transfer(self.extreme(self.pending, "winner", self.number))
        else:
            lost = self.extreme(self.standing, "loser", self.number)
            if lost is None:
                self.write("defeat")
            else:
                self.exclude([lost])

    def sure_losers(self) -> list[int]:
        """The largest set that stays below everyone outside it, even with all surpluses."""
        surplus = sum(int(self.votes(place)) - self.quota for place in self.pending)
        upwards = sorted(self.standing, key=self.votes)
        for size in range(min(len(upwards) - self.vacant, len(upwards) - 1), 0, -1):
            if surplus + sum(int(self.votes(place)) for place in upwards[:size]) < self.votes(upwards[size]):
                return [place for place in self.standing if place in upwards[:size]]
        return []

    def transfer(self, place: int | None) -> None:
        """Transfer a surplus, possibly of nothing: value × surplus, cut, ÷ votes, cut."""
        if place is None:
            self.write("transfer")
            return
        self.pending.remove(place)
        held = int(self.votes(place))
        surplus = held - self.quota
        moved = self.pass_on(place, lambda value: int(value) * surplus // self.one * self.one // held)
        self.kept[place] = self.quota
        self.residual += surplus - sum(moved.values())
        self.write("transfer", source=[place], moved={place: moved})

    def exclude(self, losers: list[int], sure: bool = False) -> None:
        """Exclude, and transfer the ballots at their value; those of sure losers unless all who are left are elected now."""
        for place in losers:
            self.standing.remove(place)
            self.write("defeat", eliminated=[place])
        elects_the_rest = sure and len(self.standing) <= self.vacant
        if not elects_the_rest and not (self.complete and self.stops):
            moved = {place: self.pass_on(place) for place in losers}
            self.write("transfer", source=losers, moved=moved)

    def write(self, action: str, **more: Any) -> None:
        """Keep one action with the votes as they stand after it."""
        self.rounds.add(
            self.number,
            *self.state(self.entered),
            ties=self.ties.taken(),
            action=action,
            residual=self.residual,
            threshold=self.rounds.shown(self.quota),
            **more,
        )


# --- Meek --------------------------------------------------------------------------------------------------------------


class Meek:
    """Meek's method: the elected keep a share of every ballot, found by iteration. `reference` is the Foundation's rule.

    In the reference rule ballots are strict and what is kept is rounded up; the other cuts everything and takes equal ranks:
    `equalized` as the mean of all their orders, else split evenly, each part on its own way. A `guarded` arithmetic keeps half
    as many digits more, and what differs by less than half a unit of the named places (`near`) is equal.
    """

    def __init__(self, poll: Poll, reference: bool) -> None:
        places = 9 if reference else poll.rules.get("decimal_places", 9)
        guard = 0 if reference or "guarded" not in str(poll.rules.get("arithmetic")) else places // 2
        self.guarded = guard > 0
        self.poll, self.reference, self.one = poll, reference, 10 ** (places + guard)
        self.near = max(10**guard // 2, 1)
        default = Fraction(1, 10 ** min(places, 6))
        self.omega = int(Fraction(str(poll.rules.get("omega", default))) * self.one)
        self.equalized = str(poll.rules.get("overvote")).startswith("equal_ranks_equali")
        self.total = (poll.cast - poll.blank) * self.one
        self.entered, self.hopeful = poll.standing, poll.standing
        self.elected: list[int] = []
        self.keep = dict.fromkeys(self.entered, self.one)
        self.votes: dict[int, int] = dict.fromkeys(self.entered, 0)
        self.counted = 0
        self.quota = self.surplus = self.number = 0
        self.ties, self.rounds = Ties(poll), Rounds(poll, self.one)
        self.orders = self.read_strict() if reference else self.read_weak()
        self.counting: dict[Order, int] = {}
        self.means: dict[tuple[int, ...], tuple[list[int], int]] = {}

    def share_of(self, votes: int) -> int:
        """The quota of these votes: cut, and one unit more unless the arithmetic is guarded."""
        return votes // (max(self.poll.seats, 1) + 1) + (not self.guarded)

    def read_strict(self) -> dict[Order, int]:
        """The rankings up to the first group of several."""
        papers = Papers(self.poll)
        orders: dict[Order, int] = {}
        for (groups, _), number in zip(papers.paths, papers.numbers, strict=True):
            order = tuple(takewhile(lambda group: len(group) == 1, groups))
            orders[order] = orders.get(order, 0) + number
        return orders

    def read_weak(self) -> dict[Order, int]:
        """The rankings as groups of those who stand."""
        stands = {self.poll.options[place]: place for place in self.entered}
        orders: dict[Order, int] = {}
        for ranking, number in self.poll.ballots.items():
            order = weak_order(ranking, stands, self.poll.rules)
            orders[order] = orders.get(order, 0) + number
        return orders

    def run(self) -> dict[str, Any]:
        """Elect and exclude until no more are hopeful than there are seats."""
        self.regroup()
        self.distribute()
        self.quota = self.share_of(self.counted)
        self.write("begin count")
        if not any(self.votes.values()):
            return self.document("no_ballots")
        while len(self.hopeful) > self.vacant > 0 and not self.ties.is_open:
            self.number += 1
            if not self.somebody_leaves():
                self.exclude()
        if self.ties.is_open:
            return self.document("tie_open")
        for place in list(self.hopeful):
            if self.vacant > 0:
                self.elect(place, "elect remaining")
            else:
                self.drop(place, "defeat remaining")
        self.counted = sum(self.votes.values())
        self.write("count complete")
        return self.document("decided" if self.vacant <= 0 else "seats_left")

    @property
    def vacant(self) -> int:
        """Seats not yet filled."""
        return self.poll.seats - len(self.elected)

    def regroup(self) -> None:
        """The ballots as far as they count until somebody else is elected or leaves, those alike together."""
        self.counting = {}
        hopeful = frozenset(self.hopeful)
        for order, number in self.orders.items():
            alike = self.beginning(order, hopeful)
            self.counting[alike] = self.counting.get(alike, 0) + number

    def beginning(self, order: Order, hopeful: frozenset[int]) -> Order:
        """An order up to the rank that passes nothing on, without those who left.

        Ranks of which nobody is left are passed by, but end a ballot that is split. Where ranks are equalized, those who left
        still have their turns among the others of their rank.
        """
        ranks: list[tuple[int, ...]] = []
        splits = not self.equalized and any(len(rank) > 1 for rank in order)
        steps = 0
        for rank in order:
            steps += 1
            live = tuple(place for place in rank if self.keep[place])
            if live:
                ranks.append(rank if self.equalized else live)
            elif splits:
                break
            staying = hopeful.intersection(live)
            if staying and (self.equalized or len(staying) == len(live)):
                break
        self.poll.spend(steps)
        return tuple(ranks)

    def distribute(self) -> None:
        """Count all ballots anew at the present keep factors."""
        self.votes = dict.fromkeys(self.entered, 0)
        self.means = {}
        give = self.give_rounded_up if self.reference else self.give_mean if self.equalized else self.give_split
        for order, number in self.counting.items():
            give(order, number)
        self.counted = sum(self.votes.values())

    def give_rounded_up(self, order: Order, number: int) -> None:
        """Each in turn keeps weight × keep factor, rounded up; the weight falls by as much."""
        self.poll.spend(len(order))
        weight = self.one
        for (place,) in order:
            kept = -(-weight * self.keep[place] // self.one)
            self.votes[place] += kept * number
            weight -= kept

    def give_split(self, order: Order, number: int) -> None:
        """Each of a rank keeps its part of the weight × keep factor, and its part × (1 − keep factor) moves on; all are cut.

        The parts go on by themselves, equal ones together.
        """
        weights = {self.one: number}
        for rank in order:
            self.poll.spend(len(weights) * len(rank))
            passed: dict[int, int] = {}
            for weight, times in weights.items():
                share = weight // len(rank)
                for place in rank:
                    self.votes[place] += share * self.keep[place] // self.one * times
                    rest = share * (self.one - self.keep[place]) // self.one
                    passed[rest] = passed.get(rest, 0) + times
            weights = passed

    def give_mean(self, order: Order, number: int) -> None:
        """Give each of a rank its mean share over all orders of the rank."""
        weight = self.one
        for rank in order:
            self.poll.spend(len(rank))
            if rank not in self.means:
                self.means[rank] = self.mean(rank)
            shares, through = self.means[rank]
            for place, share in zip(rank, shares, strict=True):
                self.votes[place] += weight * share // self.one * number
            weight = weight * through // self.one

    def mean(self, rank: tuple[int, ...]) -> tuple[list[int], int]:
        """What each of a rank keeps of a whole ballot, in the mean over all orders of the rank, and what the rank passes on."""
        self.poll.spend(len(rank) ** 3)
        passed = [self.one - self.keep[place] for place in rank]
        shares = []
        for index, place in enumerate(rank):
            reach = mean_reach([*passed[:index], *passed[index + 1 :]], self.one)
            shares.append(reach * self.keep[place] // self.one // len(rank))
        through = self.one
        for factor in passed:
            through = through * factor // self.one
        return shares, through

    def somebody_leaves(self) -> bool:
        """Iterate the keep factors until somebody is elected or surely lost; false once the surplus is settled."""
        last = self.total
        self.regroup()
        while True:
            self.distribute()
            self.quota = self.share_of(self.counted)
            least = self.quota + (self.near if self.guarded else 0)
            reached = [place for place in self.hopeful if self.votes[place] >= least]
            # More than there are seats reach the quota where cutting took it from some elected earlier: the last then leaves.
            crowded = len(reached) > self.vacant
            if not crowded:
                for place in reached:
                    self.elect(place, "elect")
            self.surplus = max(sum(self.votes[place] - self.quota for place in self.elected), 0)
            if reached and not crowded:
                return True
            small = self.surplus < self.omega + (0 if self.reference else self.near)
            if crowded or small or self.surplus > last - self.near:
                return False
            losers = self.sure_losers()
            for place in losers:
                self.drop(place, "defeat")
            if losers:
                return True
            last = self.surplus
            self.lower()

    def lower(self) -> None:
        """Give each of the elected the keep factor that would leave it the quota; rounded up unless guarded."""
        one, up = self.one, -1 if not self.guarded else 1
        for place in self.elected:
            if self.votes[place]:
                wanted = up * (up * self.keep[place] * self.quota // one)
                self.keep[place] = up * (up * wanted * one // self.votes[place])

    def sure_losers(self) -> list[int]:
        """The largest group that with the whole surplus stays below everyone outside it; whom it ties with stays with them."""
        if not self.poll.rules.get("batch_elimination", False):
            return []
        upwards = sorted(self.hopeful, key=lambda place: self.votes[place])
        held = [self.votes[place] for place in upwards]
        size, first = 0, held[0]
        for number in range(1, len(upwards)):
            if held[number] - first - self.surplus < self.near:
                continue
            first = held[number]
            enough = number <= len(upwards) - self.vacant
            if enough and first - sum(held[:number]) - self.surplus >= self.near:
                size = number
        return [place for place in self.hopeful if place in upwards[:size]]

    def elect(self, place: int, action: str) -> None:
        """Give a seat."""
        self.hopeful.remove(place)
        self.elected.append(place)
        self.write(action, elected=[place])

    def exclude(self) -> None:
        """Exclude the last; everyone within the surplus of the last is tied with it."""
        line = min(self.votes[place] for place in self.hopeful) + self.surplus
        tied = [place for place in self.hopeful if self.votes[place] < line + self.near]
        lost = self.ties.choose(tied, "loser", self.number, self.rounds.votes)
        if lost is None:
            self.write("defeat")
        else:
            self.drop(lost, "defeat")

    def drop(self, place: int, action: str) -> None:
        """Take an option out; its ballots pass it by from now on."""
        self.hopeful.remove(place)
        self.write(action, eliminated=[place])
        self.keep[place] = self.votes[place] = 0
        if not self.reference:
            self.regroup()
            self.distribute()

    def write(self, action: str, **more: Any) -> None:
        """Keep one action with the votes as they stand; what nobody held when they were last counted is exhausted."""
        held = sum(self.votes.values())
        self.rounds.add(
            self.number,
            self.votes,
            {CHOICES: self.total - self.counted},
            residual=self.counted - held,
            ties=self.ties.taken(),
            action=action,
            threshold=self.rounds.shown(self.quota),
            surplus=self.rounds.shown(self.surplus),
            active=self.rounds.shown(held),
            **more,
        )

    def document(self, outcome: str) -> dict[str, Any]:
        """The result."""
        return result(self.poll, self.rounds.documents, (), outcome)


def mean_reach(others: Sequence[int], one: int) -> int:
    """What reaches one of a rank, summed over how many others come before it, each the mean over who they are.

    The elementary symmetric polynomials of what the others pass on, each divided by its number of terms.
    """
    sums = [one] + [0] * len(others)
    for factor in others:
        for degree in range(len(others), 0, -1):
            sums[degree] += sums[degree - 1] * factor // one
    return sum(held // comb(len(others), degree) for degree, held in enumerate(sums))


# --- Condorcet methods -------------------------------------------------------------------------------------------------

Strength = tuple[bool, Amount]
"""How strong a victory is, ordered; the first member says that nobody was against it (for ratios)."""
NO_STRENGTH: Strength = (False, 0)


LANES = 4096
"""Ballots that are compared at once."""


def lanes(numbers: Sequence[int]) -> int:
    """Short numbers side by side in a large one, sixteen bits each."""
    return int.from_bytes(array("H", numbers).tobytes(), sys.byteorder)


class Pairs:
    """How many ballots prefer each option to each other, by place, and who beats whom."""

    MOST_SIZE = 50_000_000_000

    def __init__(self, poll: Poll) -> None:
        self.poll = poll
        write_in = poll.rules.get("undeclared_write_in")
        self.places = [place for place in poll.standing if poll.options[place] != write_in]
        self.votes = {(row, column): 0 for row in self.places for column in self.places if row != column}
        orders = self.orders()
        if len(orders) * len(self.places) ** 2 > self.MOST_SIZE:
            raise Uncountable(f"{poll.method} counts at most {self.MOST_SIZE} rankings × options²")
        ahead = iter(orders.items())
        while batch := list(islice(ahead, LANES)):
            self.compare(batch)
        self.beaten = {row: {other for other in self.places if self.over(row, other)} for row in self.places}
        self.empty = poll.cast == poll.blank or not self.places

    def orders(self) -> dict[Order, int]:
        """The rankings as groups of equals with their numbers."""
        stands = {self.poll.options[place]: place for place in self.places}
        merged: dict[Order, int] = {}
        for ranking, number in self.poll.ballots.items():
            order = weak_order(ranking, stands, self.poll.rules)
            merged[order] = merged.get(order, 0) + number
        return merged

    def compare(self, batch: Sequence[tuple[Order, int]]) -> None:
        """Add up who is preferred to whom on these ballots.

        The ranks of an option on all of them stand side by side in one large number, each in sixteen bits, so that one
        subtraction compares two options on all: the highest bit stays where the first stands above the second. An option
        without a mark stands below every mark; where it is not compared, also above none.
        """
        last = 0x7FFE
        none = 0 if self.poll.rules.get("unranked") == "not_compared" else last
        ranks = [{place: rank for rank, group in enumerate(order, 1) for place in group} for order, _ in batch]
        ones = lanes([1] * len(batch))
        tops = ones << 15
        above = {place: lanes([told.get(place, last) for told in ranks]) + ones for place in self.places}
        below = {place: lanes([told.get(place, none) for told in ranks]) | tops for place in self.places}
        digits = range(max(number for _, number in batch).bit_length())
        weights = [lanes([number >> digit & 1 for _, number in batch]) << 15 for digit in digits]
        for row, column in self.votes:
            preferred = below[column] - above[row]
            counted = ((preferred & weight).bit_count() << digit for digit, weight in enumerate(weights))
            self.votes[row, column] += sum(counted)

    def over(self, row: int, column: int) -> bool:
        """Whether more ballots prefer the first to the second than the reverse."""
        return row != column and self.votes[row, column] > self.votes[column, row]

    def beats(self, row: int, column: int) -> bool:
        """Whether the first beats the second."""
        return column in self.beaten[row]

    def balance(self, place: int) -> int:
        """Victories less defeats."""
        return len(self.beaten[place]) - sum(place in beaten for beaten in self.beaten.values())

    def victories(self) -> list[tuple[int, int]]:
        """Every pair (winner, loser)."""
        return [pair for pair in self.votes if self.beats(*pair)]

    def strength(self, row: int, column: int) -> Strength:
        """How strongly the first beats the second, by the rule; none if it does not."""
        votes, against = self.votes[row, column], self.votes[column, row]
        kind = self.poll.rules.get("strength")
        if votes <= against:
            return NO_STRENGTH
        if kind == "ratio":
            return (False, Fraction(votes, against)) if against else (True, votes)
        return (False, votes - against if kind == "margins" else votes)

    def last_of(self, tied: list[int]) -> list[int]:
        """Who of an instant-runoff tie stays last when compared in pairs; all of them if that cannot tell."""
        self.poll.spend(len(tied) * len(self.places))
        balances = {place: self.balance(place) for place in tied}

        def above(place: int, other: int) -> bool:
            more = len(self.beaten[place]) > len(self.beaten[other]) or balances[place] > balances[other]
            return more or self.beats(place, other)

        while True:
            self.poll.spend(5 * len(tied) ** 2)
            last = [place for place in tied if not any(above(place, other) for other in tied if other != place)]
            if not last or last == tied:
                return tied
            tied = last

    def square(self, cell: Callable[[int, int], Any]) -> dict[str, dict[str, Any]]:
        """A table of all pairs by name."""
        names = self.poll.options
        return {
            names[row]: {names[column]: cell(row, column) for column in self.places if column != row}
            for row in self.places
        }

    def document(self, winners: Sequence[int], outcome: str, ties: Sequence[dict[str, Any]] = (), **more: Any) -> Any:
        """The result: one round that holds no votes, and the matrix."""
        rounds = Rounds(self.poll)
        rounds.add(1, {}, {}, elected=winners, ties=ties, action="comparison")
        return result(
            self.poll, rounds.documents, (), outcome, pairwise=self.square(lambda r, c: self.votes[r, c]), **more
        )

    def ranked(self, groups: list[list[int]], ties: Ties, **more: Any) -> dict[str, Any]:
        """The result of a method that ranks everybody: the best `seats` win."""
        if self.empty:
            return dict(self.document((), "no_ballots", **more))
        winners, settled = best(ties, groups, self.poll.seats)
        outcome = ("decided" if len(winners) >= self.poll.seats else "seats_left") if settled else "tie_open"
        names = [[self.poll.options[place] for place in group] for group in groups]
        return dict(self.document(winners, outcome, ties.records, ranking=names, **more))


def weak_order(ranking: Ranking, stands: Mapping[str, int], rules: Mapping[str, Any]) -> Order:
    """A ranking as groups of equals, each option at its first rank."""
    return tuple(group for _, group in ranks_read(ranking, stands, rules))


def ranks_read(
    ranking: Ranking, stands: Mapping[str, int], rules: Mapping[str, Any]
) -> Iterator[tuple[int, tuple[int, ...]]]:
    """The ranks that name somebody who stands, with their numbers from 0. A rule about overvotes skips one, or ends there."""
    overvote = rules.get("overvote", "not_applicable")
    equal = overvote in ("not_applicable", "rejected_before_count") or overvote.startswith("equal_ranks")
    limit = rules.get("max_skipped_ranks") if rules.get("skipped_ranks", "unlimited") != "unlimited" else None
    seen: set[str] = set()
    blanks = 0
    for number, rank in enumerate(ranking[: rules.get("max_rankings")]):
        if not rank:
            blanks += 1
            continue
        if limit is not None and blanks > limit:
            return
        blanks = 0
        marks = dict.fromkeys(mark for mark in rank if mark != OVERVOTE)
        if rules.get("duplicate") == "exhaust" and not seen.isdisjoint(marks):
            return
        group = tuple(stands[mark] for mark in marks if mark in stands and mark not in seen)
        if not equal and (len(rank) > 1 or not marks):
            if overvote == "skip_to_next_rank":
                continue
            if overvote == "exhaust_immediately" or len(group) > 1 or OVERVOTE in rank:
                return
        seen.update(marks)
        if group:
            yield number, group


def layered(places: Sequence[int], above: Callable[[int, int], bool]) -> list[list[int]]:
    """First those nobody is above, then those nobody left is above, and so on."""
    groups: list[list[int]] = []
    left = list(places)
    while left:
        top = [place for place in left if not any(above(other, place) for other in left)]
        groups.append(top)
        left = [place for place in left if place not in top]
    return groups


def reachable(start: int, steps: Mapping[int, Iterable[int]]) -> set[int]:
    """All places that one or more steps lead to."""
    found: set[int] = set()
    ahead = list(steps.get(start, ()))
    while ahead:
        place = ahead.pop()
        if place not in found:
            found.add(place)
            ahead += steps.get(place, ())
    return found


def count_schulze(poll: Poll) -> dict[str, Any]:
    """Strongest paths: one is above another if its strongest path there is stronger than the one back."""
    pairs = Pairs(poll)
    poll.spend(len(pairs.places) ** 3)
    direct = {pair: pairs.strength(*pair) for pair in pairs.votes}
    levels = sorted({NO_STRENGTH, *direct.values()})
    level = {strength: number for number, strength in enumerate(levels)}
    paths = {
        row: {place: level[direct.get((row, place), NO_STRENGTH)] for place in pairs.places} for row in pairs.places
    }
    for middle, onward in paths.items():
        for ahead in paths.values():
            first = ahead[middle]
            for column in pairs.places if first else ():
                by_way = min(first, onward[column])
                if by_way > ahead[column]:
                    ahead[column] = by_way
    groups = layered(pairs.places, lambda row, other: paths[row][other] > paths[other][row])
    return pairs.ranked(groups, Ties(poll), strongest_paths=pairs.square(lambda r, c: text_of(levels[paths[r][c]])))


def text_of(strength: Strength) -> int | str:
    """A strength as the result has it: a number, or `votes:0` where nobody was against."""
    return f"{strength[1]}:0" if strength[0] else decimal_of(strength[1])


class Locking:
    """Ranked pairs: victories from the strongest down, each locked unless it closes a circle with those before."""

    def __init__(self, pairs: Pairs) -> None:
        self.pairs, self.poll = pairs, pairs.poll
        self.ties = Ties(pairs.poll)
        self.asks = self.ties.kind is not None or bool(pairs.poll.rules.get("tie_break_resolutions"))
        self.locked: set[tuple[int, int]] = set()
        self.reach = {place: 1 << place for place in pairs.places}
        self.taken: list[dict[str, Any]] = []

    def run(self) -> None:
        """Take all victories up; those equal in strength and in ballots against come together."""

        def weight(pair: tuple[int, int]) -> tuple[Strength, int]:
            return self.pairs.strength(*pair), -self.pairs.votes[pair[1], pair[0]]

        levels: dict[tuple[Strength, int], list[tuple[int, int]]] = {}
        for pair in sorted(self.pairs.victories()):
            levels.setdefault(weight(pair), []).append(pair)
        for level in sorted(levels, reverse=True):
            left = self.settled(levels[level])
            while left and self.asks:
                first = self.first(left)
                if first is None:
                    break
                self.write(first, True)
                left = self.settled([pair for pair in left if pair != first])
            for pair in left:
                self.write(pair, False)

    def settled(self, together: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """Lock what stands in no circle and drop what is against those locked; returns those that contradict each other."""
        self.poll.spend(len(together) * len(self.pairs.places))
        against = [pair for pair in together if closes_circle(self.reach, pair)]
        possible = [pair for pair in together if not closes_circle(self.reach, pair)]
        reach = dict(self.reach)
        for pair in possible:
            link(reach, pair)
        circular = [pair for pair in possible if closes_circle(reach, pair)]
        for pair in possible:
            if not closes_circle(reach, pair):
                self.write(pair, True)
        for pair in against:
            self.write(pair, False)
        return circular

    def first(self, pairs: list[tuple[int, int]]) -> tuple[int, int] | None:
        """Which of several equal victories comes first: over whom the rules select to lose, by whom they select to win."""
        loser = self.ties.choose({pair[1] for pair in pairs}, "loser", 1)
        if loser is None:
            return None
        winner = self.ties.choose({pair[0] for pair in pairs if pair[1] == loser}, "winner", 1)
        return None if winner is None else (winner, loser)

    def write(self, pair: tuple[int, int], locked: bool) -> None:
        """Keep a victory as locked or left out."""
        winner, loser = pair
        if locked:
            self.locked.add(pair)
            link(self.reach, pair)
        self.taken.append(
            {
                "winner": self.poll.options[winner],
                "loser": self.poll.options[loser],
                "votes": self.pairs.votes[winner, loser],
                "against": self.pairs.votes[loser, winner],
                "locked": locked,
            }
        )


def closes_circle(reach: Mapping[int, int], pair: tuple[int, int]) -> bool:
    """Whether the loser already stands above the winner. `reach` has for each place a bit for itself and all below it."""
    return bool(reach[pair[1]] >> pair[0] & 1)


def link(reach: dict[int, int], pair: tuple[int, int]) -> None:
    """Put the loser and all below it below the winner and all above it."""
    winner, loser = pair
    for place, below in reach.items():
        if below >> winner & 1:
            reach[place] = below | reach[loser]


def count_ranked_pairs(poll: Poll) -> dict[str, Any]:
    """Ranked pairs: the ranking follows from what is locked."""
    lock = Locking(Pairs(poll))
    lock.run()
    groups = layered(lock.pairs.places, lambda row, other: (row, other) in lock.locked)
    return lock.pairs.ranked(groups, lock.ties, majorities=lock.taken)


WORST = {
    "winning_votes": "worst_pairwise_defeat_winning",
    "margins": "worst_pairwise_defeat_margin",
    "ratio": "worst_pairwise_defeat_ratio",
    "pairwise_opposition": "worst_pairwise_opposition",
}


def count_minimax(poll: Poll) -> dict[str, Any]:
    """The option wins whose worst comparison is least bad."""
    pairs, kind = Pairs(poll), poll.rules.get("strength", "winning_votes")

    def case(other: int, place: int) -> Strength:
        if kind == "margins":
            return (False, pairs.votes[other, place] - pairs.votes[place, other])
        return (False, pairs.votes[other, place]) if kind == "pairwise_opposition" else pairs.strength(other, place)

    worst = {
        place: max((case(other, place) for other in pairs.places if other != place), default=NO_STRENGTH)
        for place in pairs.places
    }
    groups = list(reversed(equals(worst)))
    scores = {poll.options[place]: {WORST[kind]: text_of(held)} for place, held in worst.items()}
    return pairs.ranked(groups, Ties(poll), scores=scores)


def count_copeland(poll: Poll) -> dict[str, Any]:
    """The option wins with the best balance of victories over defeats."""
    pairs = Pairs(poll)
    balances = {place: pairs.balance(place) for place in pairs.places}
    scores = {poll.options[place]: {"balance": balance} for place, balance in balances.items()}
    return pairs.ranked(equals(balances), Ties(poll), **({} if pairs.empty else {"scores": scores}))


def count_set(poll: Poll, members: Callable[[Pairs], Iterable[int]]) -> dict[str, Any]:
    """A method whose answer is a set of options, however many seats there are."""
    pairs = Pairs(poll)
    if pairs.empty:
        return dict(pairs.document((), "no_ballots"))
    return dict(pairs.document(sorted(members(pairs)), "decided"))


def smith(pairs: Pairs) -> Iterable[int]:
    """The smallest set that beats everybody outside it, grown from an option that must be in it."""
    members = {max(pairs.places, key=pairs.balance)}
    while True:
        more = {p for p in pairs.places if p not in members and any(not pairs.beats(m, p) for m in members)}
        if not more:
            return members
        members |= more


def schwartz(pairs: Pairs) -> Iterable[int]:
    """Those who reach by victories whoever reaches them by victories."""
    steps: dict[int, list[int]] = {}
    for winner, loser in pairs.victories():
        steps.setdefault(winner, []).append(loser)
    reach = {place: reachable(place, steps) for place in pairs.places}
    return [place for place in reach if all(other in reach[place] for other in reach if place in reach[other])]


def condorcet_winner(pairs: Pairs) -> Iterable[int]:
    """Who beats everybody else."""
    return [p for p in pairs.places if all(pairs.beats(p, other) for other in pairs.places if other != p)]


def condorcet_loser(pairs: Pairs) -> Iterable[int]:
    """Whom everybody else beats; an only option loses to nobody."""
    others = len(pairs.places) - 1
    return [p for p in pairs.places if others and sum(pairs.beats(other, p) for other in pairs.places) == others]


METHODS: dict[str, Callable[[Poll], dict[str, Any]]] = {
    "plurality": count_plurality,
    "two-round": count_two_round,
    "approval": count_approval,
    "score": count_score,
    "borda": count_borda,
    "yes-no": count_yes_no,
    "irv": count_runoff,
    "irv-bottoms-up": count_runoff,
    "irv-bottoms-up-threshold": count_runoff,
    "irv-multi-pass": count_multi_pass,
    "stv-scottish": lambda poll: Scottish(poll).run(),
    "stv-wigm-rctab": lambda poll: Rctab(poll).run(),
    "stv-gregory-exact": lambda poll: Gregory(poll).run(),
    "stv-wigm-prf": lambda poll: PrfGregory(poll).run(),
    "stv-meek-prf": lambda poll: Meek(poll, reference=True).run(),
    "stv-meek": lambda poll: Meek(poll, reference=False).run(),
    "schulze": count_schulze,
    "ranked-pairs": count_ranked_pairs,
    "minimax": count_minimax,
    "copeland": count_copeland,
    "smith-set": lambda poll: count_set(poll, smith),
    "schwartz-set": lambda poll: count_set(poll, schwartz),
    "condorcet-winner": lambda poll: count_set(poll, condorcet_winner),
    "condorcet-loser": lambda poll: count_set(poll, condorcet_loser),
}


# ======================================================================================================================
# Forms of the records
# ======================================================================================================================

ANY_TEXT = re.compile(r"(?s).*")
TEXT = re.compile(r"(?s).+")
ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
HEX = re.compile(r"[0-9a-f]{64}")
SEED = re.compile(r"[0-9]{20,1000}")
WHOLE = range(LARGEST + 1)
SMALL = range(1_000_000)
LOCAL = By(re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*"), TEXT)
FRACTION = re.compile(r"(0|[1-9][0-9]{0,15})/[1-9][0-9]{0,15}")


def is_instant(value: Any) -> bool:
    """Whether this is an instant in UTC with whole seconds."""
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}Z", value):
        return False
    try:
        return bool(datetime.fromisoformat(value))
    except ValueError:
        return False


def is_option_id(value: Any) -> bool:
    """Whether an option may be called so: not like a blank rank, nor like unknown marks."""
    return isinstance(value, str) and bool(ID.fullmatch(value)) and value not in ("-", OVERVOTE)


def is_lot(value: Any) -> bool:
    """Whether this says when the dice are drawn, with the dice where they are."""
    with_dice = {"drawn": ("before_opening",), "seed": TEXT}
    return not misfit(value, Record(with_dice)) or not misfit(value, Record({"drawn": ("after_close", "none")}))


SEALED = Record({"root": HEX, "size": WHOLE})
BATCH = {
    "batch": ID,
    "number": WHOLE,
    "count": WHOLE,
    "issued": WHOLE,
    "spoiled": WHOLE,
    "unreturned": WHOLE,
    "hash": HEX,
    "note": TEXT,
}
OPENED = Record(
    {
        "type": ("opened",),
        "at": is_instant,
        "format": ("yishi/1",),
        "contest": ID,
        "community": ID,
        "question": LOCAL,
        "options": [Record({"id": is_option_id, "label": LOCAL, "status_quo": bool})],
        "method": TEXT,
        "seats": SMALL,
        "rules": By(ANY_TEXT, lambda value: True),
        "ballots": ("valid_only", "as_marked"),
        "secrecy": ("secret", "open"),
        "revoting": bool,
        "electors": WHOLE,
        "roll": SEALED | {"id": ID},
        "lot": is_lot,
        "turnout_floor?": FRACTION,
        "rule?": Record({"id": TEXT, "version": TEXT, "hash": HEX}),
        "officials": [Record({"name": TEXT, "key": TEXT})],
        "k": SMALL,
        "publish_mode": ("full", "patterns", "restricted"),
        "cadence": WHOLE,
        "opens_at": is_instant,
        "closes_at": is_instant,
    }
)
_EVENT_MEMBERS: dict[str, Mapping[str, Any]] = {
    "extended": {"closes_at": is_instant, "reason": TEXT},
    "paper-batch": BATCH,
    "key-changed": {"name": TEXT, "old_key": TEXT, "new_key": TEXT, "reason": TEXT, "note": TEXT},
    "closed": {
        "box": SEALED,
        "online": WHOLE,
        "paper": WHOLE,
        "commitments": WHOLE,
        "participation": Record({"checked": WHOLE, "hash": HEX}),
    },
    "lot-drawn": {"seed": TEXT},
    "counted": {"result": HEX, "tally": ID},
    "challenged": {"reason": TEXT},
    "recounted": {"result": HEX, "tally": ID},
    "certified": {"result": HEX, "close_note": TEXT, "result_note": TEXT},
    "corrected": {"replaces": HEX, "result": HEX, "reason": TEXT},
    "annulled": {"reason": TEXT},
}
EVENTS: dict[str, Record] = {
    "opened": OPENED,
    **{name: Record({"type": (name,), "at": is_instant, **members}) for name, members in _EVENT_MEMBERS.items()},
}
MANIFEST = Record(
    {
        "format": ("yishi-bundle/1",),
        "tier": ("public", "auditor"),
        "contest": ID,
        "community": ID,
        "origin": TEXT,
        "state": ("provisional", "challenged", "recounted", "certified", "annulled"),
        "log_key": TEXT,
        "receipt_keys": [By(TEXT, ANY_TEXT)],
        "files": [Record({"path": TEXT, "size": WHOLE, "sha256": HEX})],
    }
)
ROLL = Record({"electors": WHOLE, "root": HEX, "roll": ID})
BATCHES = Record({"batches": [Record({**BATCH, "salt?": HEX})]})
THRESHOLDS = {"electors_for_full": 100, "unique_share": "1/20", "sub_group": 10}
PRIVACY = Record(
    {
        "mode": OPENED.members["publish_mode"],
        "tier": ("public", "auditor"),
        "electors": WHOLE,
        "ballots": WHOLE,
        "patterns": WHOLE,
        "unique_patterns": WHOLE,
        "thresholds": lambda value: value == THRESHOLDS,
    }
)


def is_amount(value: Any) -> bool:
    """Whether this is an integer or a decimal string."""
    return type(value) is int or (isinstance(value, str) and bool(re.fullmatch(r"-?[0-9]+\.[0-9]+", value)))


AMOUNTS = By(ANY_TEXT, is_amount)
IDS = [ID]
ROUND = Record(
    {
        "round": WHOLE,
        "action": TEXT,
        "source": IDS,
        "tallies": AMOUNTS,
        "elected": IDS,
        "eliminated": IDS,
        "exhausted": is_amount,
        "exhausted_by": Record(dict.fromkeys(CAUSE_NAMES, is_amount)),
        "transfers": By(ID, AMOUNTS),
        "residual_surplus": is_amount,
        "final_round_surplus": is_amount,
        "threshold?": is_amount,
        "surplus?": is_amount,
        "active?": is_amount,
        "pass?": WHOLE,
        "ties?": [By(TEXT, lambda value: True)],
        "exact?": By(ID, re.compile(r"-?[0-9]+/[0-9]+")),
    }
)
RESULT = Record(
    {
        "contest": ID,
        "turnout": Record({"electors": WHOLE, "cast": WHOLE, "floor?": FRACTION, "floor_met?": bool}),
        "method": TEXT,
        "seats": SMALL,
        "winners": IDS,
        "complete": bool,
        "outcome": ("decided", "no_ballots", "seats_left", "tie_open", "stopped"),
        "total_ballots_with_rankings": WHOLE,
        "valid_poll": WHOLE,
        "undervotes": WHOLE,
        "rounds": [ROUND],
        "ranking?": [IDS],
        "scores?": By(ANY_TEXT, lambda value: True),
        "pairwise?": By(ID, By(ID, WHOLE)),
        "strongest_paths?": By(ID, By(ID, lambda value: True)),
        "majorities?": [By(TEXT, lambda value: True)],
    }
)
"""What a result may hold. Its values are compared with a count of our own; here no member hides that the count has not."""

# ======================================================================================================================
# The archive: a zip that is a function of its contents. It is read in chunks; nothing of it is unpacked.
# ======================================================================================================================

CHUNK = 1 << 20
LOCAL_HEADER = struct.Struct("<4s5H3L2H")
PATH = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
MOST_FILES = 65_534
MIB = 1 << 20

_TILE = r"log/tile/(entries|0|[1-9][0-9]?)/(x[0-9]{3}/)*[0-9]{3}(\.p/[1-9][0-9]{0,2})?"
_SCHEMAS = (
    "contest.json",
    "cvr-line.json",
    "event.json",
    "manifest.json",
    "paper-batches.json",
    "privacy.json",
    "result.json",
    "roll-root.json",
)
PLACES: tuple[tuple[str, int], ...] = (
    (r"manifest\.json", 32 * MIB),
    (r"manifest\.note", MIB),
    (r"contest\.json", MIB),
    (r"close\.note", MIB),
    (r"result\.note", MIB),
    (r"log/checkpoint|" + _TILE, 17 * MIB),
    (r"roll/participation\.bits|roll/root\.json", 64 * MIB),
    (r"box/cvr\.ndjson", 1 << 32),
    (r"paper/batches\.json", 32 * MIB),
    (r"patterns\.csv", 1 << 32),
    (r"result\.json", 32 * MIB),
    (r"explanation\.txt", 32 * MIB),
    (r"rounds\.svg", 32 * MIB),
    (r"privacy\.json", MIB),
    (r"export/(ballots\.blt|ballots\.csv|cvr-cdf\.json|results-cdf\.json)", 1 << 32),
    (r"schema/(" + "|".join(re.escape(name) for name in _SCHEMAS) + ")", MIB),
    (r"VERIFY\.md", MIB),
    (r"verify\.py", 4 * MIB),
)
"""The paths a bundle may have, in their order (within one line by path), and how large such a file may be."""
ALWAYS = (
    *("manifest.json", "manifest.note", "contest.json", "close.note", "result.note", "log/checkpoint"),
    *("roll/participation.bits", "roll/root.json", "paper/batches.json", "result.json", "explanation.txt"),
    *("rounds.svg", "privacy.json", *(f"schema/{name}" for name in _SCHEMAS), "VERIFY.md", "verify.py"),
)
"""Files that every bundle has."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file of the archive: where its bytes lie, and their SHA-256."""

    path: str
    start: int
    size: int
    crc: int
    sha256: str


@dataclass(slots=True)
class Archive:
    """An open archive, its members by path in their order."""

    file: BinaryIO
    members: dict[str, Member]

    def chunks(self, path: str) -> Iterator[bytes]:
        """The bytes of a member, some at a time."""
        member = self.member(path)
        at, end = member.start, member.start + member.size
        while at < end:
            self.file.seek(at)
            chunk = self.file.read(min(CHUNK, end - at))
            if not chunk:
                raise Fault("archive-truncated", file=path)
            at += len(chunk)
            yield chunk

    def read(self, path: str) -> bytes:
        """All bytes of a member. How large it may be was looked at when the archive was."""
        return b"".join(self.chunks(path))

    def lines(self, path: str) -> Iterator[bytes]:
        """The lines of a member without their line feeds. The last one ends, too, and none is absurdly long."""
        rest = b""
        for chunk in self.chunks(path):
            *whole, rest = (rest + chunk).split(b"\n")
            yield from whole
            if len(rest) > MIB:
                raise Fault("form", file=path, place="a line of more than a MiB")
        if rest:
            raise Fault("form", file=path, place="the last line")

    def member(self, path: str) -> Member:
        """The member of this path."""
        if path not in self.members:
            raise Fault("file-missing", file=path)
        return self.members[path]


@lru_cache(maxsize=1024)
def rank_of(path: str) -> int | None:
    """The line of `PLACES` that has this path."""
    return next((rank for rank, (pattern, _) in enumerate(PLACES) if re.fullmatch(pattern, path)), None)


def local_header(name: bytes, crc: int, size: int) -> bytes:
    """What stands before a member: stored, no flags, 1 January 1980, nothing extra."""
    return LOCAL_HEADER.pack(b"PK\x03\x04", 20, 0, 0, 0, 0x21, crc, size, size, len(name), 0) + name


def directory(members: Sequence[Member]) -> bytes:
    """What stands behind the members: one record for each, and the end record."""
    parts, offset = [], 0
    for member in members:
        name = member.path.encode()
        parts.append(
            struct.pack(
                "<4s6H3L5H2L",
                *(b"PK\x01\x02", 0x0314, 20, 0, 0, 0, 0x21, member.crc, member.size, member.size),
                *(len(name), 0, 0, 0, 0, 0o100644 << 16, offset),
            )
            + name
        )
        offset += LOCAL_HEADER.size + len(name) + member.size
    listed = b"".join(parts)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, len(members), len(members), len(listed), offset, 0)
    return listed + end


def open_archive(file: BinaryIO) -> Archive:
    """Read an archive from its first byte to its last: every byte must be the one its files demand."""
    members: dict[str, Member] = {}
    last: tuple[int, str] = (-1, "")
    while (head := file.read(LOCAL_HEADER.size))[:4] == b"PK\x03\x04":
        member = read_member(file, head)
        rank = rank_of(member.path)
        if member.path in members:
            raise Fault("file-twice", file=member.path)
        if rank is None or len(members) >= MOST_FILES:
            raise Fault("file-extra", file=member.path)
        if (rank, member.path) < last:
            raise Fault("archive-order", file=member.path)
        members[member.path], last = member, (rank, member.path)
    if not members:
        raise Fault("archive-unreadable", why="it does not begin as a zip archive does")
    expected = directory(list(members.values()))
    agree(head + file.read(len(expected)), expected, "archive-directory")
    return Archive(file, members)


def read_member(file: BinaryIO, head: bytes) -> Member:
    """The member whose header begins so. Its path and size are judged before its bytes are read."""
    if len(head) < LOCAL_HEADER.size:
        raise Fault("archive-truncated", file="a header")
    *_, crc, size, _, named, _ = LOCAL_HEADER.unpack(head)
    name = file.read(named)
    path = name.decode("latin-1")
    if len(path) > 255 or not PATH.fullmatch(path):
        raise Fault("file-path", file=path)
    agree(head + name, local_header(name, crc, size), "archive-header", file=path)
    rank = rank_of(path)
    if rank is not None and size > PLACES[rank][1]:
        raise Fault("file-size", file=path)
    start, left, digest, found = file.tell(), size, hashlib.sha256(), 0
    while left:
        chunk = file.read(min(CHUNK, left))
        if not chunk:
            raise Fault("archive-truncated", file=path)
        left -= len(chunk)
        digest.update(chunk)
        found = zlib.crc32(chunk, found)
    agree(found, crc, "archive-damaged", file=path)
    return Member(path, start, size, crc, digest.hexdigest())


# ======================================================================================================================
# The checks, in their order
# ======================================================================================================================


@dataclass(frozen=True, slots=True)
class Anchor:
    """What the reader knows from elsewhere."""

    log_key: Key | None = None
    officials: tuple[Key, ...] | None = None
    witnesses: tuple[Key, ...] | None = None
    checkpoint: Checkpoint | None = None
    receipt_keys: tuple[Mapping[str, str], ...] | None = None


@dataclass(slots=True)
class Wanted:
    """What a voter brings: the receipt's text, the opening, and where the log holds the commitments looked for."""

    receipt: str | None = None
    opening: Mapping[str, Any] | None = None


@dataclass(slots=True)
class Box:
    """What the box says: size, root, rankings with their numbers, and the lines that somebody asks for, by slot."""

    size: int
    root: bytes
    rankings: dict[Ranking, int]
    asked: dict[str, tuple[int, Ranking]]


@dataclass(slots=True)
class Log:
    """What the log says: its tree, its events with their places, and the runs of commitments before each event."""

    size: int
    root: bytes
    events: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    stretches: list[tuple[int, int]] = field(default_factory=list)
    """How many commitments stand before each event (and behind the last), and in how many sorted runs."""
    closed_root: bytes = b""
    closed_size: int = 0
    roots: dict[int, bytes] = field(default_factory=dict)
    """The roots at the sizes that were asked for."""
    places: dict[bytes, int] = field(default_factory=dict)
    """Where the commitments stand that were asked for."""

    @property
    def commitments(self) -> int:
        """All commitments."""
        return sum(count for count, _ in self.stretches)

    def of(self, *types: str) -> list[dict[str, Any]]:
        """The events of these types in order."""
        return [event for _, event in self.events if event["type"] in types]


class Verification:
    """One bundle under examination. Each check is a method; what it finds out for later ones is kept as an attribute."""

    archive: Archive
    manifest: dict[str, Any]
    opened: dict[str, Any]
    documents: dict[str, Any]
    notes: dict[str, Note]
    log: Log
    closed: dict[str, Any]
    keys: dict[str, Key]
    box: Box
    rankings: dict[Ranking, int]
    legal: bool
    result_hash: str
    seed: str | None

    def __init__(self, file: BinaryIO, anchor: Anchor, wanted: Wanted) -> None:
        self.file, self.anchor, self.wanted = file, anchor, wanted
        self.findings: list[Finding] = []

    def __getattr__(self, name: str) -> Any:
        raise Gap("after-a-fault")

    def run(self) -> list[Finding]:
        """Make every check in order. Whatever a file does, a check ends with a finding."""
        for name in CHECKS:
            method = getattr(type(self), "check_" + name.replace("-", "_"))
            try:
                facts = method(self)
            except Fault as fault:
                self.findings.append(Finding(name, "failed", fault.code, fault.facts))
            except Gap as gap:
                self.findings.append(Finding(name, "not-made", gap.code, gap.facts))
            except Exception as error:
                # Nothing a bundle holds may end the program; a way here that a test finds becomes a fault of its own.
                self.findings.append(Finding(name, "failed", "unexpected", {"why": type(error).__name__}))
            else:
                if facts is not None:
                    self.findings.append(Finding(name, "passed", name, facts))
        return self.findings

    # --- archive, manifest, form ---------------------------------------------------------------------------------------

    def check_archive(self) -> dict[str, Any]:
        """Names, order, headers, checksums, directory."""
        archive = open_archive(self.file)
        for path in ALWAYS:
            archive.member(path)
        self.archive = archive
        return {}

    def check_manifest(self) -> dict[str, Any]:
        """The list of files is the archive's, with sizes and hashes."""
        manifest = require(parsed(self.archive.read("manifest.json"), "manifest.json"), MANIFEST, "manifest.json")
        agree(
            manifest["origin"].rpartition("/contests/")[2], manifest["contest"], "wrong-contest", file="manifest.json"
        )
        self.manifest = manifest
        there = [member for path, member in self.archive.members.items() if not path.startswith("manifest.")]
        for member, entry in zip(there, manifest["files"], strict=False):
            agree(member.path, entry["path"], "manifest-files", file=member.path)
            agree((member.size, member.sha256), (entry["size"], entry["sha256"]), "manifest-hash", file=member.path)
        agree(len(there), len(manifest["files"]), "manifest-files", file=f"{len(there)} / {len(manifest['files'])}")
        return {}

    def log_key(self) -> Key:
        """The key of the log: the one known from elsewhere, else the manifest's."""
        return self.anchor.log_key or key_of(self.manifest["log_key"], "manifest.json")

    def check_manifest_signature(self) -> dict[str, Any]:
        """One signature, by the log's key, of this manifest."""
        note = note_of(self.archive.read("manifest.note"), "manifest.note")
        digest = self.archive.member("manifest.json").sha256
        agree(note.text, f"{self.manifest['origin']}\nbundle manifest\nsha256 {digest}\n", "manifest-text")
        key = self.log_key()
        if (
            not has_signed(note, key, "manifest.note")
            or len(note.signatures) != 1
            or key.name != self.manifest["origin"]
        ):
            raise Fault("manifest-unsigned")
        return {}

    def check_form(self) -> dict[str, Any]:
        """Every record of ours is canonical and has exactly its members; notes are notes."""
        forms = {
            "contest.json": OPENED,
            "roll/root.json": ROLL,
            "paper/batches.json": BATCHES,
            "result.json": RESULT,
            "privacy.json": PRIVACY,
        }
        documents = {path: require(parsed(self.archive.read(path), path), form, path) for path, form in forms.items()}
        notes = {path: note_of(self.archive.read(path), path) for path in ("close.note", "result.note")}
        self.documents, self.notes = documents, notes
        return {}

    # --- log -----------------------------------------------------------------------------------------------------------

    def check_log(self) -> dict[str, Any]:
        """The entries give the tiles and the root of the checkpoint."""
        checkpoint = checkpoint_of(self.archive.read("log/checkpoint"), "log/checkpoint")
        agree(checkpoint.origin, self.manifest["origin"], "log-origin")
        self.checkpoint = checkpoint
        self.log = log = LogReader(self.archive, checkpoint, self.anchor.checkpoint, self.commitments_asked()).read()
        return {"size": log.size}

    def commitments_asked(self) -> set[bytes]:
        """The commitment of the receipt, if there is one; what is wrong with it is said later."""
        try:
            return {self.receipt_claims()[1]}
        except (Fault, Gap):
            return set()

    def check_log_signature(self) -> dict[str, Any]:
        """The checkpoint is signed by the log's key, whose name is the origin."""
        key = self.log_key()
        if not has_signed(self.checkpoint.note, key, "log/checkpoint") or key.name != self.checkpoint.origin:
            raise Fault("log-unsigned")
        return {}

    def check_events(self) -> dict[str, Any]:
        """Opened first; then what may happen while the box is open; closed; counted; the rest in its order."""
        check_event_order(self.log)
        self.closed = self.log.of("closed")[0]
        annulled, certified = self.log.of("annulled"), self.log.of("certified")
        contested = self.log.of("challenged", "recounted")
        states = (
            ("annulled",)
            if annulled
            else ("certified",)
            if certified
            else ("provisional",)
            if not contested
            else (contested[-1]["type"], *(("provisional",) if contested[-1]["type"] == "recounted" else ()))
        )
        if self.manifest["state"] not in states:
            raise Fault("state-differs", state=self.manifest["state"])
        self.result_hash = follow_results(self.log)
        return {}

    def check_contest(self) -> dict[str, Any]:
        """contest.json is the first entry, of this contest, and makes sense."""
        opened = self.documents["contest.json"]
        if self.log.events[0][1] != opened or self.log.events[0][0] != 0:
            raise Fault("contest-differs")
        agree(
            (opened["contest"], opened["community"]),
            (self.manifest["contest"], self.manifest["community"]),
            "wrong-contest",
            file="contest.json",
        )
        why = contradiction(opened)
        if why:
            raise Fault("terms", why=why)
        self.keys = {one["name"]: key_of(one["key"], "contest.json") for one in opened["officials"]}
        self.opened = opened
        shows = self.manifest["tier"] == "auditor" or opened["publish_mode"] == "full"
        for path, shown in (
            ("box/cvr.ndjson", shows),
            ("patterns.csv", shows or opened["publish_mode"] == "patterns"),
        ):
            if shown != (path in self.archive.members):
                raise Fault("file-missing" if shown else "file-extra", file=path)
        return {}

    def check_batches(self) -> dict[str, Any]:
        """Commitments integrated together are sorted; there can be no more batches than the cadence allows."""
        stretches, events, closed = self.log.stretches, self.log.events, self.closed
        runs = sum(run for _, run in stretches)
        cadence = self.opened["cadence"]
        if not cadence:
            if runs > 1:
                raise Fault("batch-unsorted")
        else:
            open_for = datetime.fromisoformat(closed["at"]) - datetime.fromisoformat(self.opened["at"])
            if runs > open_for.total_seconds() // cadence + len(events) + 1:
                raise Fault("batch-unsorted")
        return {"count": self.log.commitments}

    def check_checkpoint(self) -> dict[str, Any]:
        """The tree of an older checkpoint is the beginning of this one."""
        kept = self.anchor.checkpoint
        if kept is None:
            raise Gap("no-checkpoint")
        if kept.origin != self.checkpoint.origin or not has_signed(kept.note, self.log_key(), "--anchor"):
            raise Fault("checkpoint-foreign")
        if kept.size > self.log.size:
            raise Fault("checkpoint-newer", size=kept.size, found=self.log.size)
        agree(self.log.roots.get(kept.size, EMPTY_ROOT), kept.root, "checkpoint-kept")
        return {"size": kept.size}

    def check_witnesses(self) -> dict[str, Any]:
        """How many of the known witnesses cosigned."""
        if self.anchor.witnesses is None:
            raise Gap("no-witness")
        count, _ = signers(self.checkpoint.note, self.anchor.witnesses, "log/checkpoint")
        if not count:
            raise Fault("witness-missing")
        return {"count": count}

    # --- roll, commitments, box ----------------------------------------------------------------------------------------

    def check_roll(self) -> dict[str, Any]:
        """The roll is the opening's; the bits are the close's; ballots and check-offs go together."""
        roll, of_opening = self.documents["roll/root.json"], self.opened["roll"]
        expected = {"electors": of_opening["size"], "root": of_opening["root"], "roll": of_opening["id"]}
        agree(roll, expected, "roll-differs")
        bits, told = self.archive.read("roll/participation.bits"), self.closed["participation"]
        size = of_opening["size"]
        found, checked = checked_off(bits, size), told["checked"]
        agree(purpose_hash("participation", bits).hex(), told["hash"], "roll-hash")
        agree(found, checked, "roll-checked", found=found, checked=checked)
        batches = self.log.of("paper-batch")
        unused = sum(batch["spoiled"] + batch["unreturned"] for batch in batches)
        ballots = self.closed["box"]["size"]
        if not ballots <= checked <= ballots + unused:
            raise Fault("roll-ballots", ballots=ballots, checked=checked)
        return {"checked": checked, "electors": size}

    def check_commitments(self) -> dict[str, Any]:
        """Every online ballot was committed to; without revoting no commitment is left over."""
        closed, found = self.closed, self.log.commitments
        agree(closed["commitments"], found, "commitments-count", found=found, commitments=closed["commitments"])
        if closed["online"] > found or (closed["online"] < found and not self.opened["revoting"]):
            raise Fault("commitments-few", online=closed["online"], commitments=found)
        agree(closed["online"] + closed["paper"], closed["box"]["size"], "box-sum")
        return {"online": closed["online"], "commitments": found}

    def without_box(self) -> Gap:
        """Why a check that needs single ballots is not made."""
        return Gap("mode-without-box", mode=self.opened["publish_mode"])

    def check_box(self) -> dict[str, Any]:
        """Lines, order, size, root."""
        closed = self.closed["box"]
        if "box/cvr.ndjson" not in self.archive.members:
            raise self.without_box()
        box = read_box(self.archive, self.slots_asked())
        if box.size != closed["size"]:
            raise Fault("box-fewer" if box.size < closed["size"] else "box-more", found=box.size, size=closed["size"])
        agree(box.root.hex(), closed["root"], "box-root")
        self.box = box
        return {"size": box.size}

    def slots_asked(self) -> set[str]:
        """The slots of the paper ballots, no more than the box has room for, and the voter's own."""
        asked = {paper_slot(*ballot) for ballot in self.paper_ballots()}
        return asked | {text_slot(self.wanted.opening)} if self.wanted.opening else asked

    def paper_ballots(self) -> Iterator[tuple[bytes, str, int]]:
        """(salt, batch, number) of every paper ballot whose batch shows its salt."""
        batches = self.documents["paper/batches.json"]["batches"]
        if sum(batch["count"] for batch in batches) <= self.archive.member("box/cvr.ndjson").size // 80:
            for batch in batches:
                if "salt" in batch:
                    for number in range(1, batch["count"] + 1):
                        yield bytes.fromhex(batch["salt"]), batch["batch"], number

    def check_ballots(self) -> dict[str, Any]:
        """Each different ranking is legal. Where only the table of rankings is shown, it stands for the ballots."""
        if "box/cvr.ndjson" in self.archive.members:
            rankings = self.box.rankings
        elif "patterns.csv" in self.archive.members:
            rankings = read_patterns(self.archive)
        else:
            raise Gap("mode-without-ballots", mode=self.opened["publish_mode"])
        paper = Paper.of(self.opened)
        for ranking in rankings:
            paper.check(ranking)
        self.rankings = rankings
        return {}

    # --- paper ---------------------------------------------------------------------------------------------------------

    def check_paper(self) -> dict[str, Any]:
        """The batches are the log's, add up, and carry the officials' signatures."""
        events, batches = self.log.of("paper-batch"), self.documents["paper/batches.json"]["batches"]
        for place in range(max(len(events), len(batches))):
            number = place + 1
            event = events[place] if place < len(events) else {}
            told = batches[place] if place < len(batches) else {}
            agree(event.get("number", number), number, "paper-number", number=event.get("number"))
            agree(
                {name: event.get(name) for name in BATCH},
                {name: told.get(name) for name in BATCH},
                "paper-differs",
                number=number,
            )
            agree(event["issued"], event["count"] + event["spoiled"] + event["unreturned"], "paper-sum", number=number)
            agree("salt" in told, "box/cvr.ndjson" in self.archive.members, "paper-salt", number=number)
            self.check_batch_note(event)
        found = sum(event["count"] for event in events)
        agree(found, self.closed["paper"], "paper-total", found=found, paper=self.closed["paper"])
        if not events:
            raise Gap("no-paper")
        return {"batches": len(events)}

    def check_batch_note(self, event: Mapping[str, Any]) -> None:
        """Two officials signed the batch, or k if fewer."""
        file = f"paper-batch {event['number']}"
        note = note_of(event["note"].encode(), file)
        lines = ("paper batch", event["batch"], f"count {event['count']}", f"hash {event['hash']}")
        agree(note.text, self.statement(*lines), "paper-text", number=event["number"])
        found, _ = signers(note, self.keys_at(event), file)
        needed = min(2, self.opened["k"])
        if found < needed:
            raise Fault("paper-signatures", number=event["number"], found=found, needed=needed)

    def statement(self, *lines: str) -> str:
        """The text that officials sign."""
        return "".join(f"{line}\n" for line in (self.manifest["origin"], *lines))

    def keys_at(self, event: Mapping[str, Any] | None = None) -> list[Key]:
        """The officials' keys when this event was written; at the end of the log without one."""
        keys = dict(self.keys)
        for _, other in self.log.events:
            if other is event:
                break
            if other["type"] == "key-changed":
                keys[other["name"]] = key_of(other["new_key"], "key-changed")
        return list(keys.values())

    def check_paper_ballots(self) -> dict[str, Any]:
        """The ballots in the slots of each batch are those of its signed hash."""
        batches = self.documents["paper/batches.json"]["batches"]
        if not batches:
            raise Gap("no-paper")
        if "box/cvr.ndjson" not in self.archive.members:
            raise self.without_box()
        asked = self.box.asked
        for batch in batches:
            salt, rankings = bytes.fromhex(batch.get("salt", "")), []
            for number in range(1, batch["count"] + 1):
                seq, ranking = asked.get(paper_slot(salt, batch["batch"], number), (-1, ()))
                agree(seq, 0, "paper-slot", number=batch["number"])
                rankings.append(ranking)
            agree(
                purpose_hash("paper-batch", salt, canonical(rankings)).hex(),
                batch["hash"],
                "paper-hash",
                number=batch["number"],
            )
        return {"count": self.closed["paper"]}

    # --- lot, result, recount ------------------------------------------------------------------------------------------

    def check_lot(self) -> dict[str, Any]:
        """The dice were drawn when they had to be, and every tie by lot fell as they say."""
        lot, drawn = self.opened["lot"], self.log.of("lot-drawn")
        if drawn and lot["drawn"] != "after_close":
            raise Fault("lot-after-opening")
        seed = lot.get("seed") or (drawn[0]["seed"] if drawn else None)
        if seed is not None and not SEED.fullmatch(seed):
            raise Fault("lot-form")
        self.seed = seed
        for entry in self.documents["result.json"]["rounds"]:
            for tie in entry.get("ties", ()):
                if tie.get("how") == "lot":
                    if seed is None:
                        raise Fault("lot-none")
                    agree(tie.get("order"), lot_order(self.opened["contest"], seed, self.option_ids()), "lot-changed")
        return {}

    def option_ids(self) -> list[str]:
        """The options in ballot order."""
        return [option["id"] for option in self.opened["options"]]

    def check_result(self) -> dict[str, Any]:
        """Hash, contest, turnout, floor."""
        result = self.documents["result.json"]
        agree(result["contest"], self.opened["contest"], "wrong-contest", file="result.json")
        agree(purpose_hash("result", self.archive.read("result.json")).hex(), self.result_hash, "result-hash")
        cast, electors = self.closed["box"]["size"], self.opened["electors"]
        turnout: dict[str, Any] = {"electors": electors, "cast": cast}
        floor = self.opened.get("turnout_floor")
        if floor is not None:
            met = electors > 0 and Fraction(cast, electors) >= Fraction(floor)
            turnout |= {"floor": floor, "floor_met": met}
            if not met:
                raise Fault("result-floor")
        agree(result["turnout"], turnout, "result-turnout")
        return {}

    def check_recount(self) -> dict[str, Any]:
        """Count again and compare every member."""
        result = {**self.documents["result.json"]}
        for name in ("contest", "turnout"):
            result.pop(name)
        if not {"box/cvr.ndjson", "patterns.csv"} & self.archive.members.keys():
            check_sums(result)
            raise Gap("mode-without-ballots", mode=self.opened["publish_mode"])
        rules = dict(self.opened["rules"])
        if self.seed is not None:
            rules |= {"tie_break_seed": self.seed, "tie_break_contest": self.opened["contest"]}
        ballots = dict(sorted(self.rankings.items()))
        try:
            expected = count(self.opened["method"], self.option_ids(), ballots, self.opened["seats"], rules)
        except Uncountable as why:
            raise Fault("count-impossible", why=why) from None
        compare_results(expected, result)
        return {}

    # --- officials -----------------------------------------------------------------------------------------------------

    def check_keys(self) -> dict[str, Any]:
        """Each change names the key in use and carries k signatures of the keys in use."""
        changes, k = self.log.of("key-changed"), self.opened["k"]
        in_use = {one["name"]: one["key"] for one in self.opened["officials"]}
        for change in changes:
            name, file = change["name"], f"key-changed {change['name']}"
            note = note_of(change["note"].encode(), file)
            text = self.statement("key change", name, change["old_key"], change["new_key"])
            if in_use.get(name) != change["old_key"] or note.text != text:
                raise Fault("key-change", name=name)
            found, _ = signers(note, self.keys_at(change), file)
            if found < k:
                raise Fault("key-change-signatures", name=name, found=found, k=k)
            in_use[name] = change["new_key"]
        if not changes:
            raise Gap("no-key-change")
        return {}

    def close_text(self) -> str:
        """The close statement of this log."""
        closed, log = self.closed, self.log
        box, checked = closed["box"], closed["participation"]["checked"]
        told = f"log {log.closed_size} {log.closed_root.hex()}"
        return self.statement("close statement", f"box {box['size']} {box['root']}", f"checked-off {checked}", told)

    def result_text(self, result_hash: str) -> str:
        """The result statement for this hash."""
        box = self.closed["box"]
        return self.statement("result statement", f"box {box['size']} {box['root']}", f"result {result_hash}")

    def check_close_statement(self) -> dict[str, Any]:
        """The close statement is this close's and carries k signatures, once certified."""
        return self.signed_statement("close.note", self.close_text())

    def check_result_statement(self) -> dict[str, Any]:
        """The same for the result."""
        return self.signed_statement("result.note", self.result_text(self.result_hash))

    def signed_statement(self, file: str, text: str) -> dict[str, Any]:
        """A statement with k signatures by different keys. Before the certification there may be fewer."""
        k = self.opened["k"]
        agree(self.notes[file].text, text, "statement-text", file=file)
        signed = self.signed_enough(self.notes[file], file, k if self.log.of("certified") else 0)
        if not k:
            raise Gap("no-signatures-needed")
        if signed < k:
            raise Gap("not-certified", signed=signed, k=k)
        return {"signed": signed, "k": k}

    def signed_enough(self, note: Note, file: str, needed: int) -> int:
        """How many different keys signed; a fault if that is less than needed."""
        found, names = signers(note, self.keys_at(), file)
        if found < needed:
            raise Fault(
                "signatures-same-key" if names >= needed else "signatures-few", file=file, found=found, k=needed
            )
        return found

    def check_certification(self) -> dict[str, Any]:
        """What the certification carries: both statements, of the result that stood, with k signatures each."""
        certified = self.log.of("certified")
        if not certified:
            raise Gap("no-certification")
        event, k = certified[0], self.opened["k"]
        for name, text in (("close_note", self.close_text()), ("result_note", self.result_text(event["result"]))):
            note = note_of(event[name].encode(), f"certified {name}")
            agree(note.text, text, "certified-text")
            self.signed_enough(note, f"certified {name}", k)
        if not k:
            raise Gap("no-signatures-needed")
        return {}

    # --- derived files -------------------------------------------------------------------------------------------------

    def check_patterns(self) -> dict[str, Any]:
        """The table says what the box says; where there is no box, its numbers add up to it."""
        if "patterns.csv" not in self.archive.members:
            raise Gap("mode-without-ballots", mode=self.opened["publish_mode"])
        found, size = sum(self.rankings.values()), self.closed["box"]["size"]
        if "box/cvr.ndjson" in self.archive.members and read_patterns(self.archive) != self.rankings:
            raise Fault("patterns-differ")
        agree(found, size, "patterns-sum", found=found, size=size)
        return {}

    def check_privacy(self) -> dict[str, Any]:
        """Every figure that can be known."""
        told = self.documents["privacy.json"]
        known = {
            "mode": self.opened["publish_mode"],
            "tier": self.manifest["tier"],
            "electors": self.opened["electors"],
            "ballots": self.closed["box"]["size"],
        }
        if "patterns.csv" in self.archive.members:
            unique = sum(number == 1 for number in self.rankings.values())
            known |= {"patterns": len(self.rankings), "unique_patterns": unique}
        wrong = [name for name, value in known.items() if told[name] != value]
        if wrong:
            raise Fault("privacy-figures", member=wrong[0])
        return {}

    def check_explanation(self) -> dict[str, Any]:
        """Both name the result's hash, the one that the log names."""
        lines = self.archive.read("explanation.txt").decode("utf-8", "replace").split("\n")
        agree(lines[0], f"result {self.result_hash}", "explanation-stale")
        if len(lines) < 6 or lines[1] or lines[-1] or "" not in lines[3:-2] or "\ufffd" in "".join(lines):
            raise Fault("explanation-form")
        drawn = re.search(rb"<svg\b[^>]*", self.archive.read("rounds.svg"))
        if drawn is None or f' data-result="{self.result_hash}"'.encode() not in drawn[0]:
            raise Fault("rounds-stale")
        return {}

    def check_exports(self) -> dict[str, Any]:
        """Which exports there must be follows from method and ballots; what they say is compared."""
        readers: dict[str, Callable[[], bool]] = {}
        method = self.opened["method"]
        if "patterns.csv" in self.archive.members:
            plain = plain_ballots(self.rankings)
            unknown = any(OVERVOTE in rank for ranking in plain for rank in ranking)
            graded, few = method == "score", self.closed["box"]["size"] <= 100_000
            if not graded and not unknown:
                readers["ballots.blt"] = lambda: self.blt_agrees(plain)
            readers["ballots.csv"] = lambda: table_agrees(self.archive, self.option_ids(), plain)
            if not graded and few:
                readers["cvr-cdf.json"] = lambda: records_agree(self.archive, self.option_ids(), plain)
        if "pairwise" not in self.documents["result.json"]:
            readers["results-cdf.json"] = lambda: report_agrees(self.archive, self.documents["result.json"])
        for name in ("ballots.blt", "ballots.csv", "cvr-cdf.json", "results-cdf.json"):
            file = f"export/{name}"
            if (file in self.archive.members) != (name in readers):
                raise Fault("file-missing" if name in readers else "file-extra", file=file)
            if name in readers and not readers[name]():
                raise Fault("export-differs", file=file)
        return {"files": ", ".join(readers) or "-"}

    def blt_agrees(self, plain: Mapping[Ranking, int]) -> bool:
        """Whether the BLT file holds these ballots, seats and withdrawn options."""
        options = self.option_ids()
        gone = self.opened["rules"].get("excluded_candidates", [])
        return read_blt(self.archive, options) == (self.opened["seats"], sorted(map(options.index, gone)), plain)

    def check_schemas(self) -> dict[str, Any]:
        """Each schema is of the 2020-12 dialect and lets no object have further members."""
        for name in _SCHEMAS:
            file = f"schema/{name}"
            schema = plain_json(self.archive.read(file), file)
            if not isinstance(schema, dict) or schema.get("$schema") != "https://json-schema.org/draft/2020-12/schema":
                raise Fault("schema-form", file=file)
            if not is_closed(schema):
                raise Fault("schema-form", file=file)
        return {}

    # --- anchors and the voter's own check -----------------------------------------------------------------------------

    def check_log_key(self) -> dict[str, Any]:
        """The log's key against the known one."""
        if self.anchor.log_key is None:
            raise Gap("log-key-inside")
        agree(key_of(self.manifest["log_key"], "manifest.json"), self.anchor.log_key, "log-key-other")
        return {}

    def check_official_keys(self) -> dict[str, Any]:
        """Every official's key, also a changed one, against the known ones."""
        if self.anchor.officials is None:
            raise Gap("official-keys-inside")
        known = {key.public for key in self.anchor.officials}
        for name, key in [*self.keys.items(), *((key.name, key) for key in self.keys_at())]:
            if key.public not in known:
                raise Fault("official-key-other", name=name)
        return {}

    def receipt_claims(self) -> tuple[dict[str, Any], bytes]:
        """What the receipt says, and its commitment."""
        parts = (self.wanted.receipt or "").strip().split(".")
        decoded = [unbase64(part, url=True) for part in parts]
        if len(decoded) != 3 or not all(decoded):
            raise Fault("receipt-form", why="it is not three parts of base64url")
        claims = plain_json(decoded[1] or b"", "receipt")
        commitment = unbase64(str(claims.get("commitment")), url=True) if isinstance(claims, dict) else None
        if commitment is None or len(commitment) != 32:
            raise Fault("receipt-form", why="it holds no commitment")
        return claims, commitment

    def check_receipt(self) -> dict[str, Any] | None:
        """Signature, contest and log of a receipt; its commitment is in the log."""
        if self.wanted.receipt is None:
            return None
        claims, commitment = self.receipt_claims()
        keys = self.anchor.receipt_keys or tuple(self.manifest["receipt_keys"])
        if not any(signed_by_jwk(self.wanted.receipt.strip(), key) for key in keys):
            raise Fault("receipt-signature")
        agree(
            (claims.get("contest"), claims.get("log")),
            (self.manifest["contest"], self.manifest["origin"]),
            "receipt-contest",
        )
        if commitment not in self.log.places:
            raise Fault("receipt-not-in-log")
        if self.anchor.receipt_keys is None:
            raise Gap("receipt-keys-inside", index=self.log.places[commitment])
        return {"index": self.log.places[commitment]}

    def check_own_ballot(self) -> dict[str, Any] | None:
        """From the opening to the slot, from the slot to the ballot, from the ballot to the commitment in the log."""
        opening = self.wanted.opening
        if opening is None:
            return None
        contest = self.manifest["contest"]
        agree(opening.get("contest", contest), contest, "opening-contest")
        secret, nonce, slot = (unbase64(opening[name], url=True) or b"" for name in ("secret", "nonce", "slot"))
        agree(purpose_hash("slot", contest.encode(), b"\x00", secret), slot, "opening-slot")
        if "box/cvr.ndjson" not in self.archive.members:
            raise Gap("own-ballot-hidden")
        if slot.hex() not in self.box.asked:
            raise Fault("own-not-in-box")
        seq, ranking = self.box.asked[slot.hex()]
        if seq != opening["seq"]:
            raise Fault("own-older" if seq < opening["seq"] else "own-newer", found=seq, seq=opening["seq"])
        ballot = purpose_hash("ballot", canonical({"contest": contest, "ranking": ranking}))
        commitment = purpose_hash("cast", nonce, slot, seq.to_bytes(8, "big"), ballot)
        if self.wanted.receipt is not None and commitment != self.receipt_claims()[1]:
            raise Fault("own-changed")
        if find_commitment(self.archive, commitment) is None:
            raise Fault("own-not-in-log")
        return {"ranking": written(ranking, self.labels()) or "-"}

    def labels(self) -> dict[str, str]:
        """What to call the options in a sentence."""
        return {option["id"]: " / ".join(option["label"].values()) for option in self.opened["options"]}


# ======================================================================================================================
# What the checks read with: log, box, patterns, exports, receipts
# ======================================================================================================================


def checked_off(bits: bytes, size: int) -> int:
    """How many bits are set: one for each elector, the highest of a byte first, and as many zeros as fill the last byte."""
    spare = 8 * len(bits) - size
    number = int.from_bytes(bits, "big")
    if spare not in range(8) or number % 2**spare:
        raise Fault("roll-bits")
    return number.bit_count()


def tile_path(level: str, index: int, width: int) -> str:
    """The C2SP path of a tile of this width, below `log/`."""
    digits = f"{index % 1000:03}"
    while index >= 1000:
        index //= 1000
        digits = f"x{index % 1000:03}/{digits}"
    return f"log/tile/{level}/{digits}" + ("" if width == 256 else f".p/{width}")


def entry_bundles(archive: Archive) -> Iterator[tuple[str, list[bytes]]]:
    """The entry bundles that are there, in order: path and entries. Only the last may be partial."""
    partial = {
        path.partition(".p/")[0]: path
        for path in archive.members
        if path.startswith("log/tile/entries/") and ".p/" in path
    }
    index = 0
    while True:
        whole = tile_path("entries", index, 256)
        path = whole if whole in archive.members else partial.get(whole)
        if path is None:
            return
        entries = entries_of(archive.read(path), path)
        if len(entries) != int(path.partition(".p/")[2] or 256):
            raise Fault("log-entries", file=path)
        yield path, entries
        if path != whole:
            return
        index += 1


def entries_of(data: bytes, file: str) -> list[bytes]:
    """The entries of a bundle, each behind its length in two bytes."""
    entries, at = [], 0
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if end > len(data):
            raise Fault("log-entries", file=file)
        entries.append(data[at + 2 : end])
        at = end
    return entries


class LogReader:
    """Reads a log once from its first entry to its last."""

    MOST_EVENTS = 100_000

    def __init__(
        self, archive: Archive, checkpoint: Checkpoint, kept: Checkpoint | None, asked: Container[bytes]
    ) -> None:
        self.archive, self.checkpoint, self.asked = archive, checkpoint, asked
        self.tree = Tree()
        self.log = Log(0, b"")
        self.marks = {checkpoint.size} | ({kept.size} if kept else set())
        self.count = self.runs = 0
        self.last = b""

    def read(self) -> Log:
        """The log, found to be the checkpoint's."""
        files = set()
        for path, entries in entry_bundles(self.archive):
            files.add(path)
            begin = self.tree.size
            hashes = [leaf_hash(entry) for entry in entries]
            self.compare_tile("0", begin // 256, hashes, files)
            for entry, risen in zip(entries, hashes, strict=True):
                self.take(entry)
                self.tree.append(risen)
                if self.tree.size in self.marks:
                    self.log.roots[self.tree.size] = self.tree.root()
                if self.log.closed_size < 0:
                    self.log.closed_size, self.log.closed_root = self.tree.size, self.tree.root()
        self.end_stretch()
        self.check_size()
        for level, nodes in self.tree.nodes.items():
            for index in range(0, len(nodes), 256):
                self.compare_tile(str(level), index // 256, nodes[index : index + 256], files)
        strange = {path for path in self.archive.members if path.startswith("log/tile/")} - files
        if strange:
            raise Fault("log-tiles", file=min(strange))
        return self.log

    def take(self, entry: bytes) -> None:
        """One entry: a commitment of 32 bytes, or an event."""
        index = self.tree.size
        if len(entry) == 32:
            self.runs += not self.count or entry <= self.last
            self.count += 1
            self.last = entry
            if entry in self.asked:
                self.log.places[entry] = index
            return
        file = f"log entry {index}"
        event = parsed(entry, file)
        kind = event.get("type") if isinstance(event, dict) else None
        if not isinstance(kind, str) or kind not in EVENTS or len(self.log.events) >= self.MOST_EVENTS:
            raise Fault("form", file=file, place="/type")
        self.log.events.append((index, require(event, EVENTS[kind], file)))
        if kind == "closed" and not self.log.closed_size:
            self.log.closed_size = -1
        self.end_stretch()

    def end_stretch(self) -> None:
        """Keep the commitments since the last event."""
        self.log.stretches.append((self.count, self.runs))
        self.count = self.runs = 0

    def check_size(self) -> None:
        """As many entries as the checkpoint says, with its root."""
        size, found = self.checkpoint.size, self.tree.size
        if size < found and self.log.roots.get(size) == self.checkpoint.root:
            raise Fault("checkpoint-stale", size=size, found=found)
        agree(size, found, "log-size", size=size, found=found)
        self.log.size, self.log.root = found, self.tree.root()
        agree(self.log.root, self.checkpoint.root, "log-root")

    def compare_tile(self, level: str, index: int, hashes: Sequence[bytes], files: set[str]) -> None:
        """The tile that holds these hashes and no more."""
        path = tile_path(level, index, len(hashes))
        if path not in self.archive.members:
            raise Fault("log-tiles", file=path)
        files.add(path)
        found = self.archive.read(path)
        if found != b"".join(hashes):
            agree(level, "0", "log-tile", file=path)
            wrong = next((n for n, one in enumerate(hashes) if found[32 * n : 32 * n + 32] != one), len(hashes))
            raise Fault("log-leaf", index=256 * index + wrong)


def find_commitment(archive: Archive, commitment: bytes) -> int | None:
    """The place of a commitment in the log."""
    index = 0
    for _, entries in entry_bundles(archive):
        if commitment in entries:
            return index + entries.index(commitment)
        index += len(entries)
    return None


ORDER = {
    "opened": 0,
    "extended": 1,
    "paper-batch": 1,
    "key-changed": 1,
    "closed": 2,
    "lot-drawn": 3,
    "counted": 4,
    "challenged": 5,
    "recounted": 5,
    "certified": 6,
    "corrected": 7,
    "annulled": 8,
}
"""The stage of each event; events of one stage may follow each other."""


def check_event_order(log: Log) -> None:
    """What must be there is there, once; nothing stands before what it follows; commitments only while the box is open."""
    types = [event["type"] for _, event in log.events]
    for kind in ("opened", "closed", "counted"):
        if kind not in types:
            raise Fault("event-missing", type=kind)
    for kind in ("opened", "closed", "lot-drawn", "counted", "certified", "annulled"):
        if types.count(kind) > 1:
            raise Fault("event-inserted", type=kind)
    contested = [kind for kind in types if kind in ("challenged", "recounted")]
    for place, kind in enumerate(contested):
        agree(kind, ("challenged", "recounted")[place % 2], "event-inserted", type=kind)
    certified = "certified" in types or "corrected" in types
    if "corrected" in types and "certified" not in types:
        raise Fault("event-missing", type="certified")
    if certified and len(contested) % 2:
        raise Fault("event-missing", type="recounted")
    for earlier, later in pairwise(types):
        if ORDER[later] < ORDER[earlier]:
            raise Fault("event-order", type=later)
    closed = types.index("closed")
    if log.stretches[0][0] or any(number for number, _ in log.stretches[closed + 1 :]):
        raise Fault("commitment-late")


def follow_results(log: Log) -> str:
    """The hash of the result that stands at the end; every event that names one names the one that stood."""
    stands = ""
    for event in log.of("counted", "recounted", "certified", "corrected"):
        kind = event["type"]
        named = event["replaces"] if kind == "corrected" else event["result"] if kind == "certified" else stands
        agree(named, stands, "result-chain", type=kind)
        stands = event["result"]
    return stands


def contradiction(opened: Mapping[str, Any]) -> str:
    """What in the opening does not fit together; nothing if all does."""
    ids = [option["id"] for option in opened["options"]]
    names = [one["name"] for one in opened["officials"]]
    rules, lot = opened["rules"], opened["lot"]
    by_lot = rules.get("tie_break") in BY_LOT and not rules.get("tie_break_order")
    found = {
        "an option twice": len(set(ids)) < len(ids) or not ids,
        "more seats than options": opened["seats"] > len(ids) and opened["ballots"] == "valid_only",
        "the roll": opened["electors"] != opened["roll"]["size"],
        "an official twice": len(set(names)) < len(names),
        "more signatures than officials": opened["k"] > len(names),
        "the window": opened["opens_at"] >= opened["closes_at"],
        "the dice among the rules": not {"tie_break_seed", "tie_break_contest"}.isdisjoint(rules),
        "no dice for a lot": lot["drawn"] == "none" and by_lot,
        "the turnout floor": Fraction(opened.get("turnout_floor", "0/1")) > 1,
    }
    return next((why for why, wrong in found.items() if wrong), "") or rule_fault(opened["method"], rules)


LINE = re.compile(rb'\{"ranking":(\[.*\]),"seq":(0|[1-9][0-9]{0,15}),"slot":"([0-9a-f]{64})"\}')
RANKING = [[re.compile(r"[A-Za-z0-9_-]{1,64}")]]
MOST_KEPT = 1 << 30
"""Bytes of different rankings that are kept at a time."""


def read_box(archive: Archive, asked: Container[str]) -> Box:
    """Read the box line by line; slots must rise. Keeps each different ranking once, and the lines of slots asked for."""
    tree, last, kept = Tree(), b"", 0
    numbers: dict[bytes, int] = {}
    found: dict[str, tuple[int, bytes]] = {}
    wanted = bool(asked)
    match, sha256 = LINE.fullmatch, hashlib.sha256
    for number, line in enumerate(archive.lines("box/cvr.ndjson"), start=1):
        parts = match(line)
        if parts is None:
            raise box_fault(line, number)
        raw, seq, slot = parts.groups()
        if slot <= last:
            if slot == last:
                raise Fault("box-duplicate", slot=slot.decode())
            raise Fault("box-order", line=number)
        last = slot
        if raw in numbers:
            numbers[raw] += 1
        else:
            numbers[raw] = 1
            kept += len(raw) + 200
            if kept > MOST_KEPT:
                raise Fault("file-size", file="box/cvr.ndjson")
        tree.append(sha256(b"\x00" + line).digest())
        if len(seq) > 15 and int(seq) > LARGEST:
            raise Fault("box-line", line=number)
        if wanted and slot.decode() in asked:
            found[slot.decode()] = (int(seq), raw)
    rankings = {raw: ranking_of(raw) for raw in numbers}
    kept_lines = {slot: (seq, rankings[raw]) for slot, (seq, raw) in found.items()}
    return Box(tree.size, tree.root(), {rankings[raw]: count for raw, count in numbers.items()}, kept_lines)


def box_fault(line: bytes, number: int) -> Fault:
    """Why a line of the box is none: by the rules of canonical JSON, else by its form."""
    try:
        parsed(line, f"box/cvr.ndjson:{number}")
    except Fault as fault:
        return fault
    return Fault("box-line", line=number)


def ranking_of(raw: bytes) -> Ranking:
    """A ranking of the box. Equal ranks are one object, for a million of them."""
    ranks = require(parsed(raw, "box/cvr.ndjson"), RANKING, "box/cvr.ndjson")
    return tuple(_RANKS.setdefault(rank, rank) for rank in map(tuple, ranks))


_RANKS: dict[tuple[str, ...], tuple[str, ...]] = {}


@dataclass(frozen=True, slots=True)
class Paper:
    """What may be marked on a ballot of this contest."""

    places: Mapping[str, int]
    ranks: int
    marks: int
    as_marked: bool
    grades: bool

    @classmethod
    def of(cls, opened: Mapping[str, Any]) -> Paper:
        """The ballot paper of a contest."""
        places = {option["id"]: place for place, option in enumerate(opened["options"])}
        method, rules, size = opened["method"], opened["rules"], len(places)
        as_marked, grades = opened["ballots"] == "as_marked", method == "score"
        ranks = rules.get("max_score", 5) + 1 if grades else size
        if as_marked:
            return cls(places, ranks if grades else MOST_RANKS, size, as_marked, grades)
        ranks = 1 if method in ("plurality", "yes-no", "approval") else min(ranks, rules.get("max_rankings", ranks))
        overvote = rules.get("overvote")
        weak = overvote == "split_equally" or (method in WEAK_ORDERS and overvote not in SEVERAL_ARE_NONE)
        marks = max(1, min(opened["seats"], size)) if method == "plurality" else 1
        return cls(places, ranks, size if weak else marks, as_marked, grades)

    def check(self, ranking: Ranking) -> None:
        """Raise what is wrong with a ranking."""
        if len(ranking) > self.ranks:
            raise Fault("ballot-ranks", found=len(ranking), most=self.ranks)
        seen: set[str] = set()
        for number, rank in enumerate(ranking, start=1):
            if self.as_marked and rank == (OVERVOTE,):
                continue
            places = [self.places.get(option, -1) for option in rank]
            if -1 in places:
                raise Fault("ballot-option", option=rank[places.index(-1)])
            if not self.as_marked:
                if not rank and (not self.grades or number == len(ranking)):
                    raise Fault("ballot-blank")
                if len(rank) > self.marks:
                    raise Fault("ballot-marks", found=len(rank), most=self.marks)
            for option in rank if not self.as_marked else ():
                if option in seen:
                    raise Fault("ballot-repeated", option=option)
                seen.add(option)
            if len(set(rank)) < len(rank):
                raise Fault("ballot-repeated", option=rank[0])
            agree(places, sorted(places), "ballot-order")


WEAK_ORDERS = frozenset({"approval", "score", "borda", "stv-meek", *PAIR_METHODS})
"""Methods whose ballots may have several options at one rank."""
SEVERAL_ARE_NONE = ("exhaust_immediately", "skip_to_next_rank", "exhaust_if_multiple_continuing")
"""Rules under which they may not."""
MOST_RANKS = 253
"""Ranks of a ballot that is taken as marked: it may have had more of them than there are options."""


def paper_slot(salt: bytes, batch: str, number: int) -> str:
    """The slot of a paper ballot."""
    return purpose_hash("paper", salt, batch.encode(), b"\x00", number.to_bytes(4, "big")).hex()


def text_slot(opening: Mapping[str, Any]) -> str:
    """The slot of an opening as the box writes it."""
    return (unbase64(opening["slot"], url=True) or b"").hex()


def written(ranking: Ranking, labels: Mapping[str, str] | None = None) -> str:
    """A ranking as `patterns.csv` has it."""
    names = labels or {}
    return ">".join("=".join(names.get(option, option) for option in rank) or "-" for rank in ranking)


def read_patterns(archive: Archive) -> dict[Ranking, int]:
    """The table of rankings: header, then lines that rise by the bytes of their ranking."""
    rankings: dict[Ranking, int] = {}
    last, kept = None, 0
    for number, line in enumerate(archive.lines("patterns.csv"), start=1):
        if number == 1:
            agree(line, b"count,ranking", "patterns-form", line=number)
            continue
        parts = re.fullmatch(rb"([1-9][0-9]{0,15}),((?:[A-Za-z0-9_-]+[>=])*[A-Za-z0-9_-]+|)", line)
        if parts is None or (last is not None and parts[2] <= last):
            raise Fault("patterns-form", line=number)
        last, kept = parts[2], kept + len(line) + 200
        if kept > MOST_KEPT:
            raise Fault("file-size", file="patterns.csv")
        ranks = (() if rank == "-" else tuple(rank.split("=")) for rank in parts[2].decode().split(">") if rank)
        rankings[tuple(_RANKS.setdefault(rank, rank) for rank in ranks)] = int(parts[1])
    if last is None and not kept and "patterns.csv" in archive.members and not archive.members["patterns.csv"].size:
        raise Fault("patterns-form", line=1)
    return rankings


def check_sums(result: Mapping[str, Any]) -> None:
    """Where there are no ballots: in every round votes, exhausted, residual and surplus add up to the valid ballots."""
    valid = result["valid_poll"]
    agree(result["total_ballots_with_rankings"], valid + result["undervotes"], "result-sums", round=0)
    if result["method"] not in ROUNDS_ADD_UP:
        return
    for entry in result["rounds"]:
        held = sum(Fraction(entry.get("exact", {}).get(name, votes)) for name, votes in entry["tallies"].items())
        beside = ("exhausted", "residual_surplus", "final_round_surplus")
        exact = held + sum(Fraction(entry[name]) for name in beside)
        # Endless decimals are cut behind 20 places, and only those of options stand exactly beside them.
        if abs(exact - valid) > Fraction(4, 10**20):
            raise Fault("result-sums", round=entry["round"])


ROUNDS_ADD_UP = frozenset(name for name in RULES if name.startswith(("irv", "stv"))) | {"yes-no"}
"""Methods in which every valid ballot is somewhere in every round."""


def compare_results(expected: Mapping[str, Any], found: Mapping[str, Any]) -> None:
    """Name the first difference between our count and the result: winners, number of rounds, ties, figures."""
    if expected == found:
        return
    agree(expected["winners"], found["winners"], "result-winners", expected=", ".join(expected["winners"]) or "-")
    ours, theirs = expected["rounds"], found["rounds"]
    agree(len(ours), len(theirs), "result-rounds", expected=len(ours), found=len(theirs))
    for entry, told in zip(ours, theirs, strict=True):
        agree(entry.get("ties"), told.get("ties"), "result-ties", round=entry["round"])
        for name in {**entry, **told}:
            agree(entry.get(name), told.get(name), "result-round", round=entry["round"], member=name)
    name = next(name for name in {**expected, **found} if expected.get(name) != found.get(name))
    raise Fault("result-member", member=name)


def plain_ballots(rankings: Mapping[Ranking, int]) -> dict[Ranking, int]:
    """Rankings without blank ranks at their end; what becomes equal is added up."""
    plain: dict[Ranking, int] = {}
    for ranking, number in rankings.items():
        ended = without_end(ranking)
        plain[ended] = plain.get(ended, 0) + number
    return plain


def text_lines(archive: Archive, file: str) -> Iterator[str]:
    """The lines of a text file, which is UTF-8."""
    for line in archive.lines(file):
        try:
            yield line.decode()
        except UnicodeDecodeError:
            raise Fault("export-form", file=file, why="it is not UTF-8") from None


def read_blt(archive: Archive, options: Sequence[str]) -> tuple[int, list[int], dict[Ranking, int]]:
    """Seats, places of withdrawn options, and ballots of a BLT file as this format writes it: a line for each ballot."""
    file = "export/ballots.blt"
    lines = text_lines(archive, file)
    fault = Fault("export-form", file=file, why="a line is not one of a BLT file")
    head = next(lines, "").split(" ")
    if len(head) != 2 or not all(map(is_digits, head)) or int(head[0]) != len(options):
        raise fault
    gone: list[int] = []
    ballots: dict[Ranking, int] = {}
    for line in lines:
        words = line.split(" ")
        if words == ["0"]:
            break
        if not ballots and not gone and all(word.startswith("-") and is_digits(word[1:]) for word in words):
            gone = [int(word[1:]) - 1 for word in words]
            continue
        if len(words) < 2 or words[-1] != "0" or not is_digits(words[0]):
            raise fault
        ranks = tuple(blt_rank(word, options) for word in words[1:-1])
        ballots[ranks] = ballots.get(ranks, 0) + int(words[0])
    names = list(lines)
    if len(names) != len(options) + 1 or [name.strip('"') for name in names[:-1]] != list(options):
        raise fault
    return int(head[1]), sorted(gone), ballots


def blt_rank(word: str, options: Sequence[str]) -> tuple[str, ...]:
    """One rank of a BLT file: numbers joined by `=`, `-` for a blank rank."""
    if word == "-":
        return ()
    numbers = [int(part) if is_digits(part) else 0 for part in word.split("=")]
    if not all(0 < number <= len(options) for number in numbers):
        raise Fault("export-form", file="export/ballots.blt", why="it names an option by a number nobody has")
    rank = tuple(options[number - 1] for number in numbers)
    return _RANKS.setdefault(rank, rank)


def is_digits(text: str) -> bool:
    """Whether this is a short number in ASCII digits."""
    return text.isascii() and text.isdigit() and len(text) <= 15


def table_agrees(archive: Archive, options: Sequence[str], plain: Mapping[Ranking, int]) -> bool:
    """Whether the table holds these ballots: the number, and for each option the ranks it has."""
    file = "export/ballots.csv"
    found: dict[Ranking, int] = {}
    try:
        rows = csv.reader(text_lines(archive, file), strict=True)
        header = [name.removeprefix("'") for name in next(rows, [])]
        for row in rows:
            ranks: dict[int, list[str]] = {}
            for name, cell in zip(header[1:], row[1:], strict=True):
                for part in cell.split(";") if cell else ():
                    ranks.setdefault(int(part) if is_digits(part) else 0, []).append(name)
            if 0 in ranks or not is_digits(row[0]) or max(ranks, default=0) > 1000:
                raise Fault("export-form", file=file, why="a cell is not a number")
            ranking = tuple(tuple(ranks.get(rank, ())) for rank in range(1, max(ranks, default=0) + 1))
            found[ranking] = found.get(ranking, 0) + int(row[0])
    except (csv.Error, ValueError, IndexError):
        raise Fault("export-form", file=file, why="it is not a table") from None
    columns = [*options, *([OVERVOTE] if OVERVOTE in header else [])]
    return header == ["ballots", *columns] and found == dict(plain)


def records_agree(archive: Archive, options: Sequence[str], plain: Mapping[Ranking, int]) -> bool:
    """Whether the report of cast vote records (NIST SP 1500-103) holds these ballots. Each record is one line of the file."""
    file = "export/cvr-cdf.json"
    lines = text_lines(archive, file)
    head = list(takewhile(lambda line: not line.lstrip().startswith('"CVR"'), lines))
    try:
        report = plain_json(("\n".join(head).rstrip().removesuffix(",") + "}").encode(), file)
        election = report["Election"][0]
        names = {one["@id"]: one["Name"] for one in election["Candidate"]}
        chosen = {one["@id"]: names[one["CandidateIds"][0]] for one in election["Contest"][0]["ContestSelection"]}
        spelled: dict[str, int] = {}
        for line in takewhile(lambda line: line.strip() not in ("]", "}"), lines):
            record = line.strip().removesuffix(",")
            spelled[record] = spelled.get(record, 0) + 1
        if list(map(str.strip, lines)) not in ([], ["}"]):
            raise Fault("export-form", file=file, why="something stands behind the records")
        found: dict[Ranking, int] = {}
        for record, number in spelled.items():
            ranking = recorded(plain_json(record.encode(), file), chosen)
            found[ranking] = found.get(ranking, 0) + number
    except (LookupError, TypeError, AttributeError):
        raise Fault("export-form", file=file, why="a member is missing") from None
    return list(chosen.values()) == list(options) and found == dict(plain)


def recorded(record: Any, chosen: Mapping[str, str]) -> Ranking:
    """The ranking of one cast vote record: a selection that names nobody is an overvote of unknown marks."""
    ranks: dict[int, list[str]] = {}
    names = [*chosen.values(), OVERVOTE]
    for selection in record["CVRSnapshot"][0]["CVRContest"][0].get("CVRContestSelection", ()):
        name = chosen[selection["ContestSelectionId"]] if "ContestSelectionId" in selection else OVERVOTE
        for position in selection["SelectionPosition"]:
            if type(position["Rank"]) is not int or not 0 < position["Rank"] <= 1000:
                raise Fault("export-form", file="export/cvr-cdf.json", why="a rank is out of range")
            ranks.setdefault(position["Rank"], []).append(name)
    last = max(ranks, default=0)
    return tuple(tuple(sorted(ranks.get(rank, ()), key=names.index)) for rank in range(1, last + 1))


def report_agrees(archive: Archive, result: Mapping[str, Any]) -> bool:
    """Whether the report of results (NIST SP 1500-100) holds the result's votes by option and round, winners and ballots."""
    file = "export/results-cdf.json"
    report = plain_json(archive.read(file), file)
    try:
        election = report["Election"][0]
        contest = election["Contest"][0]
        names, winners = {}, set()
        for one in election["Candidate"]:
            names[one["@id"]] = one["BallotName"]["Text"][0]["Content"]
            if one["PostElectionStatus"] == "winner":
                winners.add(names[one["@id"]])
        rounds: dict[int, dict[str, Decimal]] = {place: {} for place in range(1, len(result["rounds"]) + 1)}
        for selection in contest["ContestSelection"]:
            for told in selection["VoteCounts"]:
                rounds[told["Round"]][names[selection["CandidateIds"][0]]] = Decimal(told["Count"])
        cast, blank = election["BallotCounts"][0]["BallotsCast"], contest["OtherCounts"][0]["Undervotes"]
    except (LookupError, TypeError, AttributeError):
        raise Fault("export-form", file=file, why="a member is missing") from None
    expected = [{name: Decimal(votes) for name, votes in entry["tallies"].items()} for entry in result["rounds"]]
    same = list(rounds.values()) == expected and winners == set(result["winners"])
    return same and (cast, blank) == (result["total_ballots_with_rankings"], result["undervotes"])


def is_closed(schema: Any) -> bool:
    """Whether every object of a schema that names its members refuses others."""
    if isinstance(schema, list):
        return all(map(is_closed, schema))
    if not isinstance(schema, dict):
        return True
    if isinstance(schema.get("properties"), dict) and schema.get("additionalProperties") is not False:
        return False
    return all(map(is_closed, schema.values()))


def signed_by_jwk(token: str, key: Mapping[str, str]) -> bool:
    """Whether a compact JWS is signed with ES256 by this key (RFC 7515, RFC 7518)."""
    head, payload, signature = token.split(".")
    told = plain_json(unbase64(head, url=True) or b"", "receipt")
    x, y, raw = (unbase64(str(text), url=True) or b"" for text in (key.get("x"), key.get("y"), signature))
    if not isinstance(told, dict) or told.get("alg") != "ES256" or len(raw) != 64:
        return False
    if (key.get("kty"), key.get("crv")) != ("EC", "P-256") or told.get("kid", key.get("kid")) != key.get("kid"):
        return False
    try:
        point = ec.EllipticCurvePublicNumbers(int.from_bytes(x, "big"), int.from_bytes(y, "big"), ec.SECP256R1())
        pair = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        point.public_key().verify(pair, f"{head}.{payload}".encode(), ec.ECDSA(SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


# ======================================================================================================================
# The command
# ======================================================================================================================

MARKS = {"passed": ("✓", "32"), "failed": ("✗", "31"), "not-made": ("–", "33")}
WORDS = {
    "passed": ("passed", "通过"),
    "failed": ("FAILED", "不符"),
    "not-made": ("not made", "未检查"),
}
TRIVIAL = ("no-paper", "no-key-change")
"""Gaps that leave nothing unchecked."""
ANCHOR = Record(
    {
        "log_key?": TEXT,
        "officials?": [TEXT],
        "witnesses?": [TEXT],
        "checkpoint?": TEXT,
        "receipt_keys?": [By(TEXT, ANY_TEXT)],
    }
)
OPENING = Record({"contest?": ID, "secret": TEXT, "nonce": TEXT, "slot": TEXT, "seq": WHOLE})


class Unusable(Exception):
    """A file given on the command line cannot be used: the message says which and why."""


def main(arguments: Sequence[str] | None = None) -> int:
    """The command: 0 if all that was checked passed, 1 if something failed, 2 for wrong usage."""
    options = command_line().parse_args(arguments)
    lang = options.lang or ("zh" if os.environ.get("LC_ALL", os.environ.get("LANG", "")).startswith("zh") else "en")
    try:
        anchor, wanted = read_anchor(options.anchor), read_wanted(options.receipt, options.opening)
        with open(options.bundle, "rb") as file:
            findings = verify(file, anchor, wanted)
    except Unusable as fault:
        print(f"verify.py: {fault}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"verify.py: {error.filename or options.bundle}: {error.strerror}", file=sys.stderr)
        return 2
    failed = any(finding.outcome == "failed" for finding in findings)
    lines = json_lines(options.bundle, findings) if options.json else text_report(findings, lang)
    write_out("".join(f"{line}\n" for line in lines))
    return 1 if failed else 0


def command_line() -> argparse.ArgumentParser:
    """What may stand on the command line."""
    parser = argparse.ArgumentParser(prog="verify.py", description="Check a bundle of Yishi 议事 offline.")
    parser.add_argument("bundle", metavar="BUNDLE", help="the bundle (a zip file)")
    parser.add_argument("--anchor", metavar="FILE", help="JSON: keys and a checkpoint that you know from elsewhere")
    parser.add_argument("--receipt", metavar="FILE", help="your receipt")
    parser.add_argument("--opening", metavar="FILE", help="your opening: JSON with secret, nonce, slot and seq")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--lang", choices=("zh", "en"), help="language of the sentences")
    return parser


def verify(file: BinaryIO, anchor: Anchor | None = None, wanted: Wanted | None = None) -> list[Finding]:
    """What came of every check of a bundle."""
    return Verification(file, anchor or Anchor(), wanted or Wanted()).run()


def small_file(path: str) -> bytes:
    """The bytes of a file of at most a MiB."""
    with open(path, "rb") as file:
        data = file.read(MIB)
        if file.read(1):
            raise Unusable(f"{path}: larger than a MiB")
    return data


def given(path: str, form: Record) -> dict[str, Any]:
    """A JSON file of the reader, spelled in any way."""
    try:
        return dict(require(plain_json(small_file(path), path, strict=True), form, path))
    except Fault as fault:
        raise Unusable(Finding("", "failed", fault.code, fault.facts).sentence("en")) from None


def read_anchor(path: str | None) -> Anchor:
    """What the reader knows from elsewhere."""
    if path is None:
        return Anchor()
    told = given(path, ANCHOR)
    try:
        return Anchor(
            log_key=key_of(told["log_key"], path) if "log_key" in told else None,
            officials=tuple(key_of(key, path) for key in told["officials"]) if "officials" in told else None,
            witnesses=tuple(key_of(key, path, COSIGNATURE) for key in told["witnesses"])
            if "witnesses" in told
            else None,
            checkpoint=checkpoint_of(told["checkpoint"].encode(), path) if "checkpoint" in told else None,
            receipt_keys=tuple(told["receipt_keys"]) if "receipt_keys" in told else None,
        )
    except Fault as fault:
        raise Unusable(Finding("", "failed", fault.code, fault.facts).sentence("en")) from None


def read_wanted(receipt: str | None, opening: str | None) -> Wanted:
    """What a voter brings."""
    return Wanted(
        receipt=None if receipt is None else small_file(receipt).decode("utf-8", "replace"),
        opening=None if opening is None else given(opening, OPENING),
    )


def json_lines(bundle: str, findings: Sequence[Finding]) -> list[str]:
    """The findings as one JSON object."""
    checks = [
        {
            "check": one.check,
            "outcome": one.outcome,
            "code": one.code,
            "en": one.sentence("en"),
            "zh": one.sentence("zh"),
        }
        for one in findings
    ]
    passed = not any(one.outcome == "failed" for one in findings)
    document = {"bundle": bundle, "passed": passed, "checks": checks, "beyond": {"en": BEYOND[0], "zh": BEYOND[1]}}
    return [json.dumps(document, ensure_ascii=False, indent=2)]


def text_report(findings: Sequence[Finding], lang: str) -> list[str]:
    """The findings as a table on a terminal, as plain lines elsewhere, and what they come to."""
    chinese, terminal = lang == "zh", sys.stdout.isatty()
    width = shutil.get_terminal_size().columns if terminal else 0
    indent = max(len(one.code) for one in findings) + 4
    lines = []
    for one in findings:
        mark, colour = MARKS[one.outcome]
        if terminal:
            head = f"\033[{colour}m{mark}\033[0m {one.code.ljust(indent - 2)}"
            first, *more = wrapped(one.sentence(lang), max(width - indent, 20))
            lines += [head + first, *(" " * indent + line for line in more)]
        else:
            lines.append(f"{WORDS[one.outcome][chinese]}\t{one.check}\t{one.code}\t{one.sentence(lang)}")
    return [*lines, "", *wrapped(BEYOND[chinese], width), "", summary(findings, chinese)]


def summary(findings: Sequence[Finding], chinese: bool) -> str:
    """What the findings come to."""
    passed, failed = (sum(one.outcome == outcome for one in findings) for outcome in ("passed", "failed"))
    left = sum(one.outcome == "not-made" and one.code not in TRIVIAL for one in findings)
    if chinese:
        verdict = f"有 {failed} 项不符：不要相信这份结果。" if failed else "所做的检查全部通过。"
        return f"{verdict}通过 {passed} 项，不符 {failed} 项，未检查 {left} 项。"
    verdict = (
        f"{failed} of the checks failed: do not trust this result." if failed else "Every check that was made passed."
    )
    return f"{verdict} {passed} passed, {failed} failed, {left} not made."


def wrapped(text: str, width: int) -> list[str]:
    """Lines of at most `width` columns (0: one line); a Chinese character takes two columns and may end a line."""
    if not width:
        return [text]
    lines, line, columns = [], "", 0
    for word in re.findall(r"[ ]?[!-\u2fff]+[ ]*|.", text):
        size = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in word)
        if columns + size > width and line:
            lines.append(line.rstrip())
            line, columns, word = "", 0, word.lstrip()
        line, columns = line + word, columns + size
    return [*lines, line.rstrip()]


def write_out(text: str) -> None:
    """Write in UTF-8 whatever the terminal believes; a reader who has had enough is no error."""
    try:
        sys.stdout.buffer.write(text.encode("utf-8", "replace"))
        sys.stdout.flush()
    except BrokenPipeError:
        # What is left in the buffer goes nowhere, so that the end of the program does not complain either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
