"""Names of methods and short texts inside a picture: key → (Chinese, English)."""

from __future__ import annotations

from collections.abc import Mapping

NAMES: Mapping[str, tuple[str, str]] = {
    "plurality": ("多数票制", "Plurality"),
    "two-round": ("两轮投票", "Two rounds"),
    "approval": ("认可投票", "Approval"),
    "score": ("评分投票", "Score"),
    "borda": ("波达计数", "Borda count"),
    "yes-no": ("赞成反对表决", "Yes or no"),
    "irv": ("排序复选", "Instant runoff"),
    "irv-multi-pass": ("多次排序复选", "Instant runoff, seat by seat"),
    "irv-bottoms-up": ("逐轮淘汰", "Elimination from the bottom"),
    "irv-bottoms-up-threshold": ("逐轮淘汰至门槛", "Elimination up to a threshold"),
    "stv-scottish": ("单记可让渡投票（苏格兰规则）", "Single transferable vote (Scottish rules)"),
    "stv-wigm-rctab": ("单记可让渡投票（加权格雷戈里）", "Single transferable vote (weighted Gregory)"),
    "stv-wigm-prf": ("单记可让渡投票（加权格雷戈里参考规则）", "Single transferable vote (Gregory reference rule)"),
    "stv-gregory-exact": ("单记可让渡投票（精确格雷戈里）", "Single transferable vote (exact Gregory)"),
    "stv-meek": ("单记可让渡投票（米克法）", "Single transferable vote (Meek)"),
    "stv-meek-prf": ("单记可让渡投票（米克参考规则）", "Single transferable vote (Meek reference rule)"),
    "schulze": ("舒尔策法", "Schulze method"),
    "ranked-pairs": ("排序对法", "Ranked pairs"),
    "minimax": ("极小极大法", "Minimax"),
    "copeland": ("科普兰法", "Copeland method"),
    "smith-set": ("史密斯集合", "Smith set"),
    "schwartz-set": ("施瓦茨集合", "Schwartz set"),
    "condorcet-winner": ("孔多塞胜者", "Condorcet winner"),
    "condorcet-loser": ("孔多塞败者", "Condorcet loser"),
}
"""What each method is called."""

CHART: Mapping[str, tuple[str, str]] = {
    "chart_summary": ("{valid}张有效选票", "{valid:counted ballot|counted ballots}"),
    "chart_summary_seats": (
        "{valid}张有效选票 · {seats}个席位",
        "{valid:counted ballot|counted ballots} · {seats:seat|seats}",
    ),
    "chart_no_ballots": ("没有可计的标记", "No ballot bears a mark that counts"),
    "chart_elected": ("✓ 第{number}轮当选", "✓ elected in round {number}"),
    "chart_eliminated": ("第{number}轮淘汰", "out in round {number}"),
    "chart_not_elected": ("未当选", "not elected"),
    "chart_elected_pass": ("✓ 第{passing}次计票当选", "✓ elected in pass {passing}"),
    "chart_in": ("✓ 当选：{option}", "✓ elected: {option}"),
    "chart_out": ("✕ 淘汰：{option}", "✕ out: {option}"),
    "chart_surplus": ("余票转移：{option}", "Surplus passes on: {option}"),
    "chart_end": ("计票结束", "End of the count"),
    "chart_round": ("第{number}轮", "Round {number}"),
    "chart_pass": ("第{passing}次计票 · 第{number}轮", "Pass {passing} · round {number}"),
    "chart_first": ("首选票", "First preferences"),
    "chart_needed": ("需{threshold}票", "{threshold} needed"),
    "chart_nobody": ("不再计入", "No longer counted"),
    "chart_gone": ("未计给任何选项：{votes}票", "Counted for nobody: {votes:vote|votes}"),
    "chart_tie": ("{tied}并列，{selected}在先", "{tied} tied, {selected} goes first"),
    "chart_tie_open": ("{tied}并列，未决", "{tied} tied, undecided"),
    "chart_pairs": ("两两比较：行胜列的票数", "Pairs: ballots that rank the row above the column"),
    "chart_won": ("胜", "wins"),
    "chart_lost": ("负", "loses"),
    "chart_even": ("平", "even"),
    "chart_paths": ("最强路径：从行到列", "Strongest paths from row to column"),
    "chart_locked": ("依次确认的胜局", "Victories in the order they were taken up"),
    "chart_worst": ("最不利的比较", "Worst comparison"),
    "chart_balance": ("胜局减败局", "Victories less defeats"),
}
"""Short texts inside a picture."""
