"""The resources of deliberation, for both clients."""

from __future__ import annotations

from clients.python import amendments, attachments, comments, moderation, problem_reports, proposals
from clients.python.methods import Awaiting, Blocking, Listing, Method, Streaming


class _Proposals:
    create = Method(proposals.create)
    get = Method(proposals.get)
    list = Listing(proposals.list_)
    edit = Method(proposals.edit)
    versions = Listing(proposals.versions)
    compare = Method(proposals.compare)
    erase_version = Method(proposals.erase_version)
    erase_answer = Method(proposals.erase_answer)
    events = Listing(proposals.events)
    duplicates = Listing(proposals.duplicates)
    lineage = Method(proposals.lineage)
    invite = Method(proposals.invite)
    accept_invitation = Method(proposals.accept_invitation)
    leave = Method(proposals.leave)
    submit = Method(proposals.submit)
    publish = Method(proposals.publish)
    return_ = Method(proposals.return_)
    withdraw = Method(proposals.withdraw)
    gather = Method(proposals.gather)
    lapse = Method(proposals.lapse)
    endorse = Method(proposals.endorse)
    endorsements = Listing(proposals.endorsements)
    confirm_endorsement = Method(proposals.confirm_endorsement)
    withdraw_endorsement = Method(proposals.withdraw_endorsement)
    move_endorsement = Method(proposals.move_endorsement)
    flag = Method(proposals.flag)
    merge = Method(proposals.merge)
    split = Method(proposals.split)
    review = Method(proposals.review)
    accept = Method(proposals.accept)
    accept_in_part = Method(proposals.accept_in_part)
    reject = Method(proposals.reject)
    put_on_ballot = Method(proposals.put_on_ballot)
    adopt = Method(proposals.adopt)
    not_adopt = Method(proposals.not_adopt)
    implement = Method(proposals.implement)
    complete = Method(proposals.complete)
    report_outcome = Method(proposals.report_outcome)
    archive = Method(proposals.archive)


class _Amendments:
    propose = Method(amendments.propose)
    get = Method(amendments.get)
    list = Listing(amendments.list_)
    accept = Method(amendments.accept)
    reject = Method(amendments.reject)
    promote = Method(amendments.promote)
    take_back = Method(amendments.take_back)
    flag = Method(amendments.flag)
    erase = Method(amendments.erase)


class _Attachments:
    attach = Method(attachments.attach)
    get = Method(attachments.get)
    list = Listing(attachments.list_)
    content = Method(attachments.content)
    remove = Method(attachments.remove)


class _Comments:
    thread = Method(comments.thread)
    wait = Method(comments.wait)
    changes = Streaming(comments.changes)
    post = Method(comments.post)
    reply = Method(comments.reply)
    list = Listing(comments.list_)
    get = Method(comments.get)
    edit = Method(comments.edit)
    retract = Method(comments.retract)
    react = Method(comments.react)
    versions = Listing(comments.versions)
    mentions = Listing(comments.mentions)
    arguments = Method(comments.arguments)
    opinions = Method(comments.opinions)
    opinions_svg = Method(comments.opinions_svg)
    write_summary = Method(comments.write_summary)
    summaries = Listing(comments.summaries)
    summary = Method(comments.summary)
    edit_summary = Method(comments.edit_summary)
    summary_versions = Listing(comments.summary_versions)


class _Moderation:
    policy = Method(moderation.policy)
    edit_policy = Method(moderation.edit_policy)
    counts = Method(moderation.counts)
    flag = Method(moderation.flag)
    pending = Listing(moderation.pending)
    publish = Method(moderation.publish)
    withhold = Method(moderation.withhold)
    erase = Method(moderation.erase)
    erase_person = Method(moderation.erase_person)
    cases = Listing(moderation.cases)
    case = Method(moderation.case)
    take = Method(moderation.take)
    dismiss = Method(moderation.dismiss)
    hide = Method(moderation.hide)
    remove_legal = Method(moderation.remove_legal)
    appeal = Method(moderation.appeal)
    reinstate = Method(moderation.reinstate)
    uphold = Method(moderation.uphold)
    impose = Method(moderation.impose)
    sanctions = Listing(moderation.sanctions)
    sanction = Method(moderation.sanction)
    lift = Method(moderation.lift)


class _ProblemReports:
    create = Method(problem_reports.create)
    get = Method(problem_reports.get)
    list = Listing(problem_reports.list_)
    near = Listing(problem_reports.near)
    edit = Method(problem_reports.edit)
    versions = Listing(problem_reports.versions)
    erase_version = Method(problem_reports.erase_version)
    events = Listing(problem_reports.events)
    confirm = Method(problem_reports.confirm)
    take_back = Method(problem_reports.take_back)
    acknowledge = Method(problem_reports.acknowledge)
    start = Method(problem_reports.start)
    withdraw = Method(problem_reports.withdraw)
    resolve = Method(problem_reports.resolve)
    dismiss = Method(problem_reports.dismiss)
    mark_duplicate = Method(problem_reports.mark_duplicate)
    flag = Method(problem_reports.flag)
    reopen = Method(problem_reports.reopen)


class BlockingProposals(_Proposals, Blocking):
    """What is proposed."""


class BlockingAmendments(_Amendments, Blocking):
    """How a proposal should be worded otherwise."""


class BlockingAttachments(_Attachments, Blocking):
    """Files of a proposal."""


class BlockingComments(_Comments, Blocking):
    """What is said."""


class BlockingProblemReports(_ProblemReports, Blocking):
    """What is wrong in the neighbourhood."""


class BlockingModeration(_Moderation, Blocking):
    """What may not be said, who decided so, and who decides the appeal."""


class AwaitingProposals(_Proposals, Awaiting):
    """What is proposed."""


class AwaitingAmendments(_Amendments, Awaiting):
    """How a proposal should be worded otherwise."""


class AwaitingAttachments(_Attachments, Awaiting):
    """Files of a proposal."""


class AwaitingComments(_Comments, Awaiting):
    """What is said."""


class AwaitingProblemReports(_ProblemReports, Awaiting):
    """What is wrong in the neighbourhood."""


class AwaitingModeration(_Moderation, Awaiting):
    """What may not be said, who decided so, and who decides the appeal."""
