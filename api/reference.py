"""The reference page at /docs: one document without scripts, fonts or any other request. Made from the OpenAPI description.

It is read on telephones and without a network; what it knows, /openapi.json knows.
"""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

_WORDS = {
    "en": {
        "parameters": "Parameters",
        "body": "Body",
        "answers": "Answers",
        "example": "Example",
        "required": "required",
        "token": "bearer token",
        "maybe": "bearer token if there is one",
        "other": "中文",
        "other_href": "?lang=zh-CN",
        "raw": "OpenAPI description",
        "codes": "Problem codes",
    },
    "zh-CN": {
        "parameters": "参数",
        "body": "请求体",
        "answers": "响应",
        "example": "示例",
        "required": "必填",
        "token": "需要令牌",
        "maybe": "可选令牌",
        "other": "English",
        "other_href": "?lang=en",
        "raw": "OpenAPI 描述",
        "codes": "错误代码",
    },
}

_STYLE = """
:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:52rem;padding:1rem}
h1{font-size:1.5rem}h2{border-bottom:1px solid;margin-top:2.5rem;font-size:1.2rem}
details{border:1px solid #8886;border-radius:.4rem;margin:.5rem 0;padding:.4rem .6rem}
summary{cursor:pointer}code,pre{font:13px/1.45 ui-monospace,monospace}
pre{overflow-x:auto;background:#8882;padding:.6rem;border-radius:.3rem}
.method{font-weight:700;display:inline-block;min-width:3.6rem}.path{overflow-wrap:anywhere}
.note{opacity:.75;font-size:.9rem}table{border-collapse:collapse;width:100%}
td{border-top:1px solid #8884;padding:.25rem .4rem;vertical-align:top}
"""

POLICY = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    f"style-src 'sha256-{b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'"
)
"""Content-Security-Policy of the page: its own style and nothing else."""


def page(described: Mapping[str, Any], locale: str) -> str:
    """The page in `en` or `zh-CN`."""
    words = _WORDS[locale]
    info = described["info"]
    head = (
        f'<!doctype html><html lang="{locale}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(info['title'])}</title><style>{_STYLE}</style></head><body>"
        f"<h1>{escape(info['title'])} {escape(info['version'])}</h1><p>{escape(info.get('summary') or '')}</p>"
        f'<p><a href="{words["other_href"]}">{words["other"]}</a> · <a href="/openapi.json">{words["raw"]}</a>'
        f' · <a href="/problems">{words["codes"]}</a></p>'
    )
    paragraphs = "".join(f"<p>{escape(part)}</p>" for part in info["description"].split("\n\n"))
    return head + paragraphs + "".join(_sections(described, words)) + "</body></html>"


def _sections(described: Mapping[str, Any], words: Mapping[str, str]) -> Iterator[str]:
    for tag in described["tags"]:
        yield f"<h2>{escape(tag['name'])}</h2><p>{escape(tag['description'])}</p>"
        for path, operations in described["paths"].items():
            for method, operation in operations.items():
                if tag["name"] in operation.get("tags", ()):
                    yield _operation(method, path, operation, words)


def _operation(method: str, path: str, operation: Mapping[str, Any], words: Mapping[str, str]) -> str:
    parts = [
        f'<details id="{escape(operation["operationId"])}"><summary><span class="method">{method.upper()}</span> '
        f'<code class="path">{escape(path)}</code><br>{escape(operation["summary"])}</summary>'
    ]
    if "description" in operation:
        parts.append(f"<p>{escape(operation['description'])}</p>")
    if operation.get("security"):
        parts.append(f'<p class="note">{words["maybe" if {} in operation["security"] else "token"]}</p>')
    parts.append(_parameters(operation, words))
    for kind, media in operation.get("requestBody", {}).get("content", {}).items():
        parts.append(f"<h4>{words['body']} <code>{escape(kind)}</code></h4>{_example(media)}")
    parts.append(f"<h4>{words['answers']}</h4>" + "".join(_answers(operation)))
    return "".join(parts) + "</details>"


def _parameters(operation: Mapping[str, Any], words: Mapping[str, str]) -> str:
    rows = [
        f"<tr><td><code>{escape(one['name'])}</code><br><span class=note>{one['in']}"
        f"{' · ' + words['required'] if one.get('required') else ''}</span></td>"
        f"<td>{escape(one.get('description') or '')}</td></tr>"
        for one in operation.get("parameters", ())
    ]
    return f"<h4>{words['parameters']}</h4><table>{''.join(rows)}</table>" if rows else ""


def _answers(operation: Mapping[str, Any]) -> Iterator[str]:
    for status, answer in operation["responses"].items():
        yield f"<p><code>{status}</code> {escape(answer['description'])}</p>"
        if status.startswith("2"):
            for media in answer.get("content", {}).values():
                yield _example(media)


def _example(media: Mapping[str, Any]) -> str:
    if media.get("example") is None:
        return ""
    return f"<pre>{escape(json.dumps(media['example'], ensure_ascii=False, indent=2))}</pre>"
