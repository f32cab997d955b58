"""The sentences of an explanation as data: key → (Chinese, English). What is said when stands in `explain*.py`.

In English a number with words behind it, as in `{votes:vote|votes}`, takes the first word for one and the second else.
"""

from __future__ import annotations

from collections.abc import Mapping

from voting.core.count.chart_words import CHART, NAMES

JOINTS: Mapping[str, tuple[str, str]] = {"zh": ("、", "和"), "en": (", ", " and ")}
"""Between the names of a list, and before the last name."""

CLAUSES: Mapping[str, tuple[str, str]] = {"zh": ("，", "，"), "en": (", ", " and ")}
"""Between the clauses of a sentence, and before the last clause."""

METHODS: Mapping[str, tuple[str, str]] = {
    "plurality": (
        "每张选票计给第一选择，得票最多者当选。",
        "Each ballot counts for its first choice, and the most votes win.",
    ),
    "block-plurality": (
        "每张选票最多计给{seats}个选项，得票最多的{seats}个当选。",
        "Each ballot counts for up to {seats:option|options}, and the {seats:option|options} with the most votes are elected.",
    ),
    "two-round": (
        "每张选票计给一个选项；第一轮无人过半数，则票数最多的两个进入第二轮。",
        "Each ballot counts for one option; if none has more than half of the votes, the first two go into a second round.",
    ),
    "approval": (
        "每张选票给其标记的每个选项各计一票，票数最多者当选。",
        "Each ballot counts once for every option it marks, and the most votes win.",
    ),
    "score": (
        "每张选票给选项打分，总分最高者当选。",
        "Each ballot gives points to the options, and the most points win.",
    ),
    "yes-no": (
        "每张选票计给赞成、反对或弃权；赞成票达到门槛即通过，否则维持现状。",
        "Each ballot counts for yes, for no or for abstaining; yes wins if it reaches the threshold, otherwise no wins.",
    ),
    "borda": (
        "选票按名次给选项计分，名次越高分越多，总分最高者当选。",
        "Each ballot gives an option more points the higher it ranks it, and the most points win.",
    ),
    "irv": (
        "每张选票计给仍在计票中的最高选择；每轮淘汰票数最少者，其选票转给下一选择，直到有人达到当选票数。",
        "Each ballot counts for its highest choice still in the count; in each round the last is eliminated and its ballots "
        "pass to their next choice, until an option has the votes it needs.",
    ),
    "irv-multi-pass": (
        "{seats}个席位依次产生：每产生一个都从头计票，已当选者不再参加。",
        "The seats ({seats}) are filled one after another, each by a whole instant-runoff count without those already elected.",
    ),
    "irv-bottoms-up": (
        "每轮淘汰票数最少者，其选票转给下一选择，直到只剩{seats}个选项。",
        "In each round the last is eliminated and its ballots pass to their next choice, "
        "until {seats:option remains|options remain}.",
    ),
    "irv-bottoms-up-threshold": (
        "每轮淘汰票数最少者，其选票转给下一选择，直到留下的每个选项都超过规定的票数。",
        "In each round the last is eliminated and its ballots pass to their next choice, "
        "until every option left has more votes than required.",
    ),
    "stv": (
        "每张选票只有一票，按选择顺序转移：达到当选基数者当选，超出部分按比例转给下一选择；"
        "无人达到时淘汰票数最少者，直到{seats}个席位产生。",
        "Each ballot is one vote that moves along its choices: who has the quota is elected and the votes above it pass on at "
        "reduced value; if nobody has it, the last is eliminated, until {seats:seat is|seats are} filled.",
    ),
    "stv-meek": (
        "每张选票只有一票：当选者只留下所需的份额，其余转给下一选择，份额反复计算直到稳定；"
        "无人当选时淘汰票数最少者，直到{seats}个席位产生。",
        "Each ballot is one vote: who is elected keeps only the share it needs and the rest passes on, and the shares are "
        "worked out anew until they settle; if nobody is elected, the last is eliminated, "
        "until {seats:seat is|seats are} filled.",
    ),
    "schulze": (
        "把选项两两比较；一个选项到另一个的最强路径若强于反向的最强路径，就排在其前。",
        "Options are compared two by two; one ranks above another if its strongest path of victories to it is stronger than "
        "the strongest path back.",
    ),
    "ranked-pairs": (
        "把选项两两比较；从最强的胜局起逐一确认，会形成循环的不予确认。",
        "Options are compared two by two; the victories are locked from the strongest down, leaving out each that would close "
        "a circle.",
    ),
    "minimax": (
        "把选项两两比较；每个选项只看它最不利的一次，其中失利最轻者胜出。",
        "Options are compared two by two; the option wins whose worst comparison is least bad.",
    ),
    "copeland": (
        "把选项两两比较；胜局减败局最多者胜出。",
        "Options are compared two by two; the option wins with the most victories less defeats.",
    ),
    "smith-set": (
        "把选项两两比较；求出最小的一组选项，其中每个都胜过组外的每个。",
        "Options are compared two by two to find the smallest group whose members beat everyone outside it.",
    ),
    "schwartz-set": (
        "把选项两两比较；求出不被组外任何选项胜过的各个最小组。",
        "Options are compared two by two to find the smallest groups that nobody outside them beats.",
    ),
    "condorcet-winner": (
        "把选项两两比较；求出胜过其他每一个的选项。",
        "Options are compared two by two to find one that beats every other.",
    ),
    "condorcet-loser": (
        "把选项两两比较；求出被其他每一个胜过的选项。",
        "Options are compared two by two to find one that every other beats.",
    ),
    "other": ("计票方法：{method}。", "The method is {method}."),
}
"""How each method decides."""

OPENING: Mapping[str, tuple[str, str]] = {
    "cast_none": ("没有人投票。", "No ballot was cast."),
    "cast_all_blank": (
        "共投出{cast}张选票，都没有任何标记。",
        "{cast:ballot was|ballots were} cast, without a mark on any.",
    ),
    "cast": ("共投出{cast}张选票，全部计票。", "{cast:ballot was|ballots were} cast and counted."),
    "cast_blank": (
        "共投出{cast}张选票，其中{undervotes}张没有任何标记，其余{valid}张计票。",
        "{cast:ballot was|ballots were} cast; {undervotes:bears|bear} no mark, and {valid:was|were} counted.",
    ),
    "withdrawn": ("{options}已退出，计票时不予考虑。", "{options} withdrew and took no part in the count."),
}

ROUNDS: Mapping[str, tuple[str, str]] = {
    "item": ("{option} {votes}票", "{option} {votes}"),
    "item_plain": ("{option} {votes}", "{option} {votes}"),
    "item_points": ("{option} {votes}分", "{option} {votes}"),
    "round": ("第{number}轮：{tallies}。", "Round {number}: {tallies}."),
    "pass_round": ("第{passing}次计票，第{number}轮：{tallies}。", "Pass {passing}, round {number}: {tallies}."),
    "pass_without_votes": (
        "没有选票计给余下的选项，这个席位空缺。",
        "No ballot counts for anybody who is left, so this seat stays vacant.",
    ),
    "single": ("得票：{tallies}。", "Votes: {tallies}."),
    "single_points": ("得分：{tallies}。", "Points: {tallies}."),
    "first": ("首选票数：{tallies}。", "First preferences: {tallies}."),
    "now": ("此时票数：{tallies}。", "The votes now: {tallies}."),
    "threshold": ("当选需要{threshold}票。", "It takes {threshold:vote|votes} to be elected."),
    "threshold_yes": (
        "“{option}”须有{threshold}票。",
        "It takes {threshold:vote|votes} for “{option}” to prevail.",
    ),
    "threshold_over": ("须超过{threshold}票。", "More than {threshold:vote is|votes are} required."),
    "threshold_now": ("当选现在需要{threshold}票。", "It now takes {threshold:vote|votes} to be elected."),
    "quota": ("当选基数为{threshold}票。", "The quota is {threshold:vote|votes}."),
    "quota_now": ("当选基数现为{threshold}票。", "The quota is now {threshold:vote|votes}."),
    "exhausted": (
        "至此有{total}票不再计给任何选项：{parts}。",
        "By now {total:vote counts|votes count} for nobody: {parts}.",
    ),
    "cause_choices": ("没有可用的下一选择{votes}票", "{votes} without a further choice"),
    "cause_overvotes": ("同一名次标记多个选项{votes}票", "{votes} with several options marked at one rank"),
    "cause_duplicates": ("重复标记同一选项{votes}票", "{votes} with an option marked again"),
    "cause_skipped": ("空缺名次过多{votes}票", "{votes} with too many ranks left empty"),
    "only_choices": (
        "至此有{total}票没有可用的下一选择，不再计给任何选项。",
        "By now {total:vote has|votes have} no further choice left.",
    ),
    "only_overvotes": (
        "至此有{total}票因同一名次标记多个选项，不再计给任何选项。",
        "By now {total:vote counts|votes count} for nobody, with several options marked at one rank.",
    ),
    "only_duplicates": (
        "至此有{total}票因重复标记同一选项，不再计给任何选项。",
        "By now {total:vote counts|votes count} for nobody, with an option marked again.",
    ),
    "only_skipped": (
        "至此有{total}票因空缺名次过多，不再计给任何选项。",
        "By now {total:vote counts|votes count} for nobody, with too many ranks left empty.",
    ),
    "elected_reached": (
        "{option}得{votes}票，达到所需的{threshold}票，当选。",
        "{option} has {votes:vote|votes}, reaches the {threshold} needed and is elected.",
    ),
    "elected_over": (
        "{option}得{votes}票，超过规定的{threshold}票，当选。",
        "{option} has {votes:vote|votes}, more than the {threshold} required, and is elected.",
    ),
    "elected_left": (
        "{option}得{votes}票当选：余下的选项不多于席位。",
        "{option} is elected with {votes:vote|votes}: no more options are left than seats.",
    ),
    "yes": ("“{option}”得{votes}票，通过。", "“{option}” has {votes:vote|votes} and prevails."),
    "no": ("未达到所需票数，结果为“{option}”。", "That is not reached, so “{option}” stands."),
    "elected_points": ("{option}得{votes}分，当选。", "{option} is elected with {votes:point|points}."),
    "elected": ("{option}得{votes}票，当选。", "{option} is elected with {votes:vote|votes}."),
    "eliminated_write_in": (
        "“{option}”共{votes}票，不是某一个人，最先淘汰。",
        "{option} ({votes:vote|votes}) stands for no one person and is eliminated first.",
    ),
    "eliminated_last": (
        "{option}票数最少（{votes}票），被淘汰。",
        "{option} has the fewest votes ({votes}) and is eliminated.",
    ),
    "eliminated": ("{option}（{votes}票）被淘汰。", "{option} ({votes:vote|votes}) is eliminated."),
    "eliminated_named": ("{option}被淘汰。", "{option} is eliminated."),
    "eliminated_batch": (
        "{tallies}一并淘汰：合计仍少于票数居其上者。",
        "{tallies} are eliminated together: even their sum is below the next option.",
    ),
    "eliminated_cutoff": (
        "{tallies}一并淘汰：都低于规定的最低票数。",
        "Below the required minimum and eliminated: {tallies}.",
    ),
    "eliminated_together": ("{tallies}一并淘汰。", "{tallies} are eliminated together."),
    "not_elected": ("席位已满，{option}未当选。", "The seats are filled; {option} is not elected."),
    "exclusion": ("{option}票数最少，被淘汰。", "{option} has the fewest votes and is eliminated."),
    "moved_surplus": (
        "{source}超出当选基数的票转移：{parts}。",
        "Of the votes of {source} above the quota, {parts}.",
    ),
    "moved": ("{source}的选票转移：{parts}。", "Of the votes of {source}, {parts}."),
    "to": ("{option}得{votes}票", "{votes:goes|go} to {option}"),
    "to_value": ("{option}得{votes}票（选票{ballots}张）", "{votes:goes|go} to {option} (on {ballots:ballot|ballots})"),
    "out_choices": ("{votes}票没有下一选择", "{votes:has|have} no further choice"),
    "out_overvotes": ("{votes}票因同一名次标记多个选项而停止", "{votes:stops|stop} at several marks in one rank"),
    "out_duplicates": ("{votes}票因重复标记而停止", "{votes:stops|stop} at an option marked again"),
    "out_skipped": ("{votes}票因空缺名次过多而停止", "{votes:stops|stop} at too many empty ranks"),
    "out_residual": ("{votes}票因舍去小数而失去", "{votes:is|are} lost by rounding down"),
    "out_final_surplus": ("{votes}票因席位已满而不再转移", "{votes:stays|stay} because all seats are filled"),
    "moved_none": ("{source}没有可转移的选票。", "{source} has no votes to pass on."),
    "residual": ("舍去小数累计{votes}票。", "Rounding down has set aside {votes:vote|votes} in all."),
}

TIES: Mapping[str, tuple[str, str]] = {
    "tie_recorded_winner": (
        "{tied}并列；按已记录的抽签结果，{selected}在先。",
        "{tied} are tied; by the lot on record {selected} goes first.",
    ),
    "tie_recorded_loser": (
        "{tied}并列；按已记录的抽签结果，{selected}在后。",
        "{tied} are tied; by the lot on record {selected} goes last.",
    ),
    "tie_previous_rounds_winner": (
        "{tied}并列；最近一次不同的是第{compared}轮，{selected}票数较多，故在先。",
        "{tied} are tied; {selected} had the most votes in round {compared}, the latest that differs, and goes first.",
    ),
    "tie_previous_rounds_loser": (
        "{tied}并列；最近一次不同的是第{compared}轮，{selected}票数较少，故在后。",
        "{tied} are tied; {selected} had the fewest votes in round {compared}, the latest that differs, and goes last.",
    ),
    "tie_order_winner": (
        "{tied}并列；按事先确定的顺序（{order}），{selected}在先。",
        "{tied} are tied; by the order fixed beforehand ({order}) {selected} goes first.",
    ),
    "tie_order_loser": (
        "{tied}并列；按事先确定的顺序（{order}），{selected}在后。",
        "{tied} are tied; by the order fixed beforehand ({order}) {selected} goes last.",
    ),
    "tie_lot_winner": (
        "{tied}并列；按公开种子抽签所得顺序（{order}），{selected}在先。",
        "{tied} are tied; by the lot drawn from the published seed ({order}) {selected} goes first.",
    ),
    "tie_lot_loser": (
        "{tied}并列；按公开种子抽签所得顺序（{order}），{selected}在后。",
        "{tied} are tied; by the lot drawn from the published seed ({order}) {selected} goes last.",
    ),
    "tie_pairs_winner": (
        "{tied}票数相同；两两比较中{selected}占优，故当选。",
        "{tied} are tied; compared pair by pair {selected} is ahead and is elected.",
    ),
    "tie_pairs_loser": (
        "{tied}票数相同；两两比较中{selected}居后，故被淘汰。",
        "{tied} are tied; compared pair by pair {selected} is behind and is eliminated.",
    ),
    "tie_shared_winner": (
        "{tied}票数相同，两两比较也分不出先后，故共同当选。",
        "{tied} are tied and comparing them pair by pair does not tell them apart, so they share the place.",
    ),
    "tie_shared_loser": (
        "{tied}票数相同，两两比较后仍分不出先后者一同被淘汰。",
        "{tied} are tied; those whom comparing pair by pair does not tell apart leave together.",
    ),
    "tie_open_winner": (
        "{tied}并列，没有规则决定谁在先。",
        "{tied} are tied, and no rule says who goes first.",
    ),
    "tie_open_loser": (
        "{tied}并列，没有规则决定谁在后。",
        "{tied} are tied, and no rule says who goes last.",
    ),
}

PAIRS: Mapping[str, tuple[str, str]] = {
    "ranked_last_equal": (
        "选票上没有标记的选项排在已标记的之后。",
        "An option without a mark stands below every marked one.",
    ),
    "not_compared": (
        "选票上没有标记的选项不参与该选票的比较。",
        "An option without a mark is not compared on that ballot.",
    ),
    "pair_won": ("{winner}以{votes}比{against}胜{loser}。", "{winner} beats {loser} by {votes} to {against}."),
    "pair_tied": ("{winner}与{loser}战平，各{votes}票。", "{winner} and {loser} draw at {votes} each."),
    "beats_all": ("{option}胜过其他每个选项。", "{option} beats every other option."),
    "beats_none": ("没有选项胜过其他每一个。", "No option beats every other."),
    "strength_winning_votes": (
        "胜局的强度按胜方票数计算。",
        "A victory is as strong as its winning votes.",
    ),
    "strength_margins": ("胜局的强度按票数之差计算。", "A victory is as strong as its margin."),
    "strength_ratio": (
        "胜局的强度按胜负票数之比计算。",
        "A victory is as strong as the ratio of its votes to those against.",
    ),
    "strength_pairwise_opposition": (
        "强度按支持一方的票数计算。",
        "A comparison is as strong as the votes on its side.",
    ),
    "path": (
        "{option}到{other}的最强路径为{there}，反向为{back}。",
        "The strongest path from {option} to {other} has strength {there}, the one back {back}.",
    ),
    "locked": (
        "{winner}胜{loser}（{votes}比{against}）：确认。",
        "{winner} over {loser} ({votes} to {against}) is locked.",
    ),
    "left_out": (
        "{winner}胜{loser}（{votes}比{against}）：会形成循环，不予确认。",
        "{winner} over {loser} ({votes} to {against}) would close a circle and is left out.",
    ),
    "worst": ("最不利的比较：{tallies}。", "The worst comparison of each: {tallies}."),
    "balance": ("胜局减败局：{tallies}。", "Victories less defeats: {tallies}."),
    "ranking": ("名次：{groups}。", "Ranking: {groups}."),
}

RESULTS: Mapping[str, tuple[str, str]] = {
    "no_ballots": ("没有可计的标记，无人当选。", "No ballot bears a mark that counts, so nobody is elected."),
    "elected_one": ("结果：{options}当选。", "Result: {options} is elected."),
    "carried": ("结果：通过。", "Result: carried."),
    "not_carried": ("结果：未通过。", "Result: not carried."),
    "elected_many": ("结果：{options}当选。", "Result: {options} are elected."),
    "elected_nobody": ("结果：无人当选。", "Result: nobody is elected."),
    "seats_left": (
        "{seats}个席位中只产生{filled}个，其余空缺。",
        "Of {seats:seat|seats} only {filled:was|were} filled; the rest stay vacant.",
    ),
    "tie_shared": (
        "没有规则打破并列：{options}并列胜出。",
        "No rule breaks the tie: {options} win together.",
    ),
    "tie_open": (
        "并列未决，计票到此停止；决定之后才有完整结果。",
        "The count stops at this tie; only when it is decided is there a full result.",
    ),
    "so_far": ("已当选：{options}。", "Elected so far: {options}."),
    "stopped": ("按规则，计票在第{number}轮后停止。", "By the rules the count stops after round {number}."),
    "smith-set": ("史密斯集合：{options}。", "The Smith set is {options}."),
    "schwartz-set": ("施瓦茨集合：{options}。", "The Schwartz set is {options}."),
    "condorcet-winner": ("结果：{options}是孔多塞胜者。", "Result: {options} is the Condorcet winner."),
    "condorcet-winner_none": ("结果：没有孔多塞胜者。", "Result: there is no Condorcet winner."),
    "condorcet-loser": (
        "结果：{options}被其他每个选项胜过。",
        "Result: {options} loses to every other option.",
    ),
    "condorcet-loser_none": (
        "结果：没有被其他每一个胜过的选项。",
        "Result: no option loses to every other.",
    ),
}

SENTENCES: Mapping[str, tuple[str, str]] = {
    **{f"method_{name}": pair for name, pair in METHODS.items()},
    **OPENING,
    **ROUNDS,
    **TIES,
    **PAIRS,
    **RESULTS,
    **CHART,
    **{f"name_{method}": pair for method, pair in NAMES.items()},
}
