"""The resources of both clients: every method is named once, in a list that the blocking and the awaiting client share."""

from __future__ import annotations

from clients.python import (
    access,
    bylaws,
    communities,
    contests,
    deliveries,
    logs,
    objections,
    paper,
    proxies,
    register,
    result_objections,
    results,
    rolls,
    rules,
    service,
)
from clients.python.deliberation import (
    AwaitingAmendments,
    AwaitingAttachments,
    AwaitingComments,
    AwaitingModeration,
    AwaitingProblemReports,
    AwaitingProposals,
    BlockingAmendments,
    BlockingAttachments,
    BlockingComments,
    BlockingModeration,
    BlockingProblemReports,
    BlockingProposals,
)
from clients.python.methods import Awaiting, AwaitingSender, Blocking, BlockingSender, Listing, Method, Streaming
from clients.python.programme import (
    AwaitingActionItems,
    AwaitingActivities,
    AwaitingMinutes,
    BlockingActionItems,
    BlockingActivities,
    BlockingMinutes,
)


class _Access:
    redeem = Method(access.redeem)
    redeem_batch = Method(access.redeem_batch)
    refresh = Method(access.refresh)
    revoke = Method(access.revoke)
    me = Method(access.me)
    roles = Listing(access.roles)
    assign_role = Method(access.assign_role)
    end_role = Method(access.end_role)
    role = Method(access.role)
    clients = Listing(access.clients)
    client = Method(access.client)
    create_client = Method(access.create_client)
    rotate_client = Method(access.rotate_client)
    revoke_client = Method(access.revoke_client)


class _Communities:
    create = Method(communities.create)
    get = Method(communities.get)
    list = Listing(communities.list_)
    edit = Method(communities.edit)
    advance_clock = Method(communities.advance_clock)
    buildings = Listing(communities.buildings)
    units = Listing(communities.units)
    dwellings = Listing(communities.dwellings)
    persons = Listing(communities.persons)
    person = Method(communities.person)
    create_person = Method(communities.create_person)
    search = Listing(communities.search)


class _Bylaws:
    get = Method(bylaws.get)
    put = Method(bylaws.put)
    calendar = Method(bylaws.calendar)
    put_calendar = Method(bylaws.put_calendar)


class _Register:
    import_file = Method(register.import_file)
    export = Method(register.export)
    print_codes = Method(register.print_codes)


class _Rolls:
    create = Method(rolls.create)
    get = Method(rolls.get)
    list = Listing(rolls.list_)
    entries = Listing(rolls.entries)
    shown = Listing(rolls.shown)
    versions = Listing(rolls.versions)
    eligibility = Method(rolls.eligibility)
    my_eligibility = Method(rolls.my_eligibility)
    compile = Method(rolls.compile_)
    display = Method(rolls.display)
    close_objections = Method(rolls.close_objections)
    correct = Method(rolls.correct)
    seal = Method(rolls.seal)
    supersede = Method(rolls.supersede)


class _Objections:
    file = Method(objections.file)
    get = Method(objections.get)
    list = Listing(objections.list_)
    withdraw = Method(objections.withdraw)
    uphold = Method(objections.uphold)
    dismiss = Method(objections.dismiss)
    appeal = Method(objections.appeal)


class _Proxies:
    grant = Method(proxies.grant)
    get = Method(proxies.get)
    list = Listing(proxies.list_)
    revoke = Method(proxies.revoke)


class _Contests:
    create = Method(contests.create)
    get = Method(contests.get)
    list = Listing(contests.list_)
    edit = Method(contests.edit)
    notice = Method(contests.notice)
    open = Method(contests.open_)
    extend = Method(contests.extend)
    close = Method(contests.close)
    count = Method(contests.count)
    publish = Method(contests.publish)
    certify = Method(contests.certify)
    annul = Method(contests.annul)
    challenge = Method(contests.challenge)
    recount_challenged = Method(contests.recount_challenged)
    correct = Method(contests.correct)
    statement = Method(contests.statement)
    sign_statement = Method(contests.sign_statement)
    key_change = Method(contests.key_change)
    change_key = Method(contests.change_key)
    wait = Method(contests.wait)
    wait_turnout = Method(contests.wait_turnout)
    wait_result = Method(contests.wait_result)
    changes = Streaming(contests.changes)
    turnout = Method(contests.turnout)
    turnout_by_unit = Method(contests.turnout_by_unit)
    privacy = Method(contests.privacy)
    box = Listing(contests.box)
    box_proof = Method(contests.box_proof)
    patterns = Method(contests.patterns)
    pairwise = Method(contests.pairwise)
    my_record = Method(contests.my_record)
    result = Method(contests.result)
    rounds = Method(contests.rounds)
    explanation = Method(results.explanation)
    rounds_svg = Method(results.rounds_svg)
    recount = Method(results.recount)
    tallies = Listing(results.tallies)
    summary = Method(results.summary)
    open_ballots = Listing(results.open_ballots)
    my_open_ballot = Method(results.my_open_ballot)
    methods = Listing(results.methods)
    bundle = Method(contests.bundle)
    events = Listing(contests.events)
    decision = Method(contests.decision)
    timeline = Method(contests.timeline)
    next_round = Method(contests.next_round)
    external = Method(contests.external)
    record_external = Method(contests.record_external)
    cast = Method(contests.cast)
    cast_scores = Method(contests.cast_scores)
    cast_opening = Method(contests.cast_opening)
    revote = Method(contests.revote)


class _Logs:
    get = Method(logs.get)
    checkpoint = Method(logs.checkpoint)
    tile = Method(logs.tile)
    consistency = Method(logs.consistency)
    proof = Method(logs.proof)
    checkpoint_svg = Method(logs.checkpoint_svg)
    journal = Listing(logs.journal)
    keys = Method(logs.keys)
    cosign = Method(logs.cosign)


class _Rules:
    list = Listing(rules.list_)
    get = Method(rules.get)
    evaluate = Method(rules.evaluate)
    strictest = Method(rules.strictest)


class _Paper:
    create = Method(paper.create)
    list = Listing(paper.list_)
    get = Method(paper.get)
    issue = Method(paper.issue)
    spoil = Method(paper.spoil)
    return_ = Method(paper.return_)
    key = Method(paper.key)
    keying = Method(paper.keying)
    differences = Method(paper.differences)
    resolve = Method(paper.resolve)
    enter = Method(paper.enter)


class _Deliveries:
    record = Method(deliveries.record)
    get = Method(deliveries.get)
    list = Listing(deliveries.list_)
    revoke = Method(deliveries.revoke)
    import_file = Method(deliveries.import_file)


class _ResultObjections:
    file = Method(result_objections.file)
    get = Method(result_objections.get)
    list = Listing(result_objections.list_)
    withdraw = Method(result_objections.withdraw)


class _Service:
    about = Method(service.about)
    is_ready = Method(service.is_ready)


class BlockingAccess(_Access, Blocking):
    """Tokens, roles and API clients."""


class BlockingCommunities(_Communities, Blocking):
    """Communities and what stands in them."""


class BlockingRegister(_Register, Blocking):
    """The register and its codes."""


class BlockingRolls(_Rolls, Blocking):
    """Who may vote."""


class BlockingObjections(_Objections, Blocking):
    """What is wrong with a displayed roll."""


class BlockingProxies(_Proxies, Blocking):
    """Who votes for whom."""


class BlockingContests(_Contests, Blocking):
    """What is voted on."""


class BlockingLogs(_Logs, Blocking):
    """What was recorded, with proof."""


class BlockingRules(_Rules, Blocking):
    """By which law it passes."""


class BlockingPaper(_Paper, Blocking):
    """Ballots on paper."""


class BlockingBylaws(_Bylaws, Blocking):
    """What a community laid down for itself."""


class BlockingDeliveries(_Deliveries, Blocking):
    """How papers reached an elector."""


class BlockingResultObjections(_ResultObjections, Blocking):
    """What is wrong with a result."""


class BlockingService(_Service, Blocking):
    """The service itself."""


class AwaitingAccess(_Access, Awaiting):
    """Tokens, roles and API clients."""


class AwaitingCommunities(_Communities, Awaiting):
    """Communities and what stands in them."""


class AwaitingRegister(_Register, Awaiting):
    """The register and its codes."""


class AwaitingRolls(_Rolls, Awaiting):
    """Who may vote."""


class AwaitingObjections(_Objections, Awaiting):
    """What is wrong with a displayed roll."""


class AwaitingProxies(_Proxies, Awaiting):
    """Who votes for whom."""


class AwaitingContests(_Contests, Awaiting):
    """What is voted on."""


class AwaitingLogs(_Logs, Awaiting):
    """What was recorded, with proof."""


class AwaitingRules(_Rules, Awaiting):
    """By which law it passes."""


class AwaitingPaper(_Paper, Awaiting):
    """Ballots on paper."""


class AwaitingBylaws(_Bylaws, Awaiting):
    """What a community laid down for itself."""


class AwaitingDeliveries(_Deliveries, Awaiting):
    """How papers reached an elector."""


class AwaitingResultObjections(_ResultObjections, Awaiting):
    """What is wrong with a result."""


class AwaitingService(_Service, Awaiting):
    """The service itself."""


class Resources:
    """Every resource, blocking."""

    def __init__(self, sender: BlockingSender) -> None:
        self.access = BlockingAccess(sender)
        self.communities = BlockingCommunities(sender)
        self.register = BlockingRegister(sender)
        self.rolls = BlockingRolls(sender)
        self.objections = BlockingObjections(sender)
        self.proxies = BlockingProxies(sender)
        self.contests = BlockingContests(sender)
        self.logs = BlockingLogs(sender)
        self.rules = BlockingRules(sender)
        self.paper = BlockingPaper(sender)
        self.bylaws = BlockingBylaws(sender)
        self.deliveries = BlockingDeliveries(sender)
        self.result_objections = BlockingResultObjections(sender)
        self.proposals = BlockingProposals(sender)
        self.amendments = BlockingAmendments(sender)
        self.attachments = BlockingAttachments(sender)
        self.comments = BlockingComments(sender)
        self.moderation = BlockingModeration(sender)
        self.problem_reports = BlockingProblemReports(sender)
        self.activities = BlockingActivities(sender)
        self.minutes = BlockingMinutes(sender)
        self.action_items = BlockingActionItems(sender)
        self.service = BlockingService(sender)


class AsyncResources:
    """Every resource, awaiting."""

    def __init__(self, sender: AwaitingSender) -> None:
        self.access = AwaitingAccess(sender)
        self.communities = AwaitingCommunities(sender)
        self.register = AwaitingRegister(sender)
        self.rolls = AwaitingRolls(sender)
        self.objections = AwaitingObjections(sender)
        self.proxies = AwaitingProxies(sender)
        self.contests = AwaitingContests(sender)
        self.logs = AwaitingLogs(sender)
        self.rules = AwaitingRules(sender)
        self.paper = AwaitingPaper(sender)
        self.bylaws = AwaitingBylaws(sender)
        self.deliveries = AwaitingDeliveries(sender)
        self.result_objections = AwaitingResultObjections(sender)
        self.proposals = AwaitingProposals(sender)
        self.amendments = AwaitingAmendments(sender)
        self.attachments = AwaitingAttachments(sender)
        self.comments = AwaitingComments(sender)
        self.moderation = AwaitingModeration(sender)
        self.problem_reports = AwaitingProblemReports(sender)
        self.activities = AwaitingActivities(sender)
        self.minutes = AwaitingMinutes(sender)
        self.action_items = AwaitingActionItems(sender)
        self.service = AwaitingService(sender)
