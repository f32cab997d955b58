"""The authorisation matrix as data: every route, who may call it, and what each of them is answered.

Columns: a stranger, a resident (per_1), another community's administrator, a committee officer, an auditor, an
administrator. Every write is a dry run, so that rows do not disturb each other. 401: nobody; 403: not your role; 404: not
your community; 409 and 422: the caller was let in and the thing said no.
"""

from __future__ import annotations

from typing import Any

from tests.access.moment import NOW

CALLERS = ("stranger", "resident", "foreign", "officer", "auditor", "admin")

TABLE = """
GET   /v1                                               200 200 200 200 200 200
GET   /docs                                             200 200 200 200 200 200
GET   /openapi.json                                     200 200 200 200 200 200
GET   /problems                                         200 200 200 200 200 200
GET   /problems/{code}                                  200 200 200 200 200 200
GET   /livez                                            200 200 200 200 200 200
GET   /readyz                                           200 200 200 200 200 200
GET   /metrics                                          200 200 200 200 200 200
GET   /v1/jwks                                          200 200 200 200 200 200
GET   /.well-known/jwks.json                            200 200 200 200 200 200
POST  /v1/tokens                                        422 422 422 422 422 422
POST  /v1/tokens/batch                                  200 200 200 200 200 200
POST  /v1/tokens/revoke                                 204 204 204 204 204 204
GET   /v1/methods                                       200 200 200 200 200 200
GET   /v1/me                                            401 200 200 200 200 200
POST  /v1/me/identities                                 401 422 422 422 422 422

GET   /v1/communities                                   401 403 403 403 403 403
POST  /v1/communities                                   401 403 403 403 403 403
GET   /v1/communities/{community_id}                    401 200 404 200 200 200
PATCH /v1/communities/{community_id}                    401 403 404 403 403 200
POST  /v1/communities/{community_id}/clock/advance      401 403 404 403 403 409
GET   /v1/communities/{community_id}/calendar           401 200 404 200 200 200
PUT   /v1/communities/{community_id}/calendar           401 403 404 200 403 200
GET   /v1/communities/{community_id}/bylaws             401 200 404 200 200 200
PUT   /v1/communities/{community_id}/bylaws             401 403 404 403 403 200

GET   /v1/communities/{community_id}/roles              401 403 404 200 200 200
POST  /v1/communities/{community_id}/roles              401 403 404 403 403 201
GET   /v1/roles/{role_id}                               401 403 404 200 200 200
POST  /v1/roles/{role_id}/end                           401 403 404 403 403 200
GET   /v1/communities/{community_id}/api-clients        401 403 404 403 403 200
POST  /v1/communities/{community_id}/api-clients        401 403 404 403 403 201
GET   /v1/api-clients/{client_id}                       401 403 404 403 403 200
POST  /v1/api-clients/{client_id}/rotate                401 403 404 403 403 200
POST  /v1/api-clients/{client_id}/revoke                401 403 404 403 403 200

GET   /v1/communities/{community_id}/buildings          401 200 404 200 200 200
POST  /v1/communities/{community_id}/buildings          401 403 404 201 403 201
GET   /v1/buildings/{building_id}                       401 200 404 200 200 200
PATCH /v1/buildings/{building_id}                       401 403 404 200 403 200
POST  /v1/buildings/{building_id}/units                 401 403 404 201 403 201
GET   /v1/communities/{community_id}/units              401 200 404 200 200 200
GET   /v1/units/{unit_id}                               401 200 404 200 200 200
PATCH /v1/units/{unit_id}                               401 403 404 200 403 200
POST  /v1/units/{unit_id}/dwellings                     401 403 404 201 403 201
GET   /v1/communities/{community_id}/dwellings          401 403 404 200 403 200
GET   /v1/dwellings/{dwelling_id}                       401 200 404 200 403 200
PATCH /v1/dwellings/{dwelling_id}                       401 403 404 200 403 200
GET   /v1/communities/{community_id}/persons            401 403 404 200 403 200
POST  /v1/communities/{community_id}/persons            401 403 404 201 403 201
GET   /v1/persons/{person_id}                           401 403 404 200 403 200
PATCH /v1/persons/{person_id}                           401 403 404 200 403 200
GET   /v1/dwellings/{dwelling_id}/residencies           401 403 404 200 403 200
POST  /v1/dwellings/{dwelling_id}/residencies           401 403 404 201 403 201
GET   /v1/residencies/{residency_id}                    401 200 404 200 403 200
POST  /v1/residencies/{residency_id}/end                401 403 404 200 403 200
GET   /v1/dwellings/{dwelling_id}/ownerships            401 403 404 200 403 200
POST  /v1/dwellings/{dwelling_id}/ownerships            401 403 404 201 403 201
GET   /v1/ownerships/{ownership_id}                    401 403 404 200 403 200
POST  /v1/ownerships/{ownership_id}/make_voter          401 403 404 200 403 200
POST  /v1/ownerships/{ownership_id}/end                401 403 404 204 403 204
GET   /v1/communities/{community_id}/households         401 403 404 200 403 200
GET   /v1/households/{household_id}                     401 200 404 200 403 200
POST  /v1/households/{household_id}/representative      401 403 404 200 403 200
POST  /v1/communities/{community_id}/register/import    401 403 404 200 403 200
GET   /v1/communities/{community_id}/register/export    401 403 404 200 403 200
POST  /v1/communities/{community_id}/codes              401 403 404 201 403 201

GET   /v1/communities/{community_id}/rolls              401 200 404 200 200 200
POST  /v1/communities/{community_id}/rolls              401 403 404 201 403 201
GET   /v1/rolls/{roll_id}                               401 200 404 200 200 200
GET   /v1/rolls/{roll_id}/entries                       401 403 404 200 403 200
GET   /v1/rolls/{roll_id}/eligibility/me                401 200 404 200 200 200
GET   /v1/rolls/{roll_id}/eligibility/{person_id}       401 403 404 200 403 200
GET   /v1/rolls/{roll_id}/display                       401 409 404 409 409 409
GET   /v1/rolls/{roll_id}/versions                      401 200 404 200 200 200
GET   /v1/rolls/{roll_id}/objections                    401 200 404 200 200 200
POST  /v1/rolls/{roll_id}/objections                    401 409 404 409 409 409
GET   /v1/objections/{objection_id}                     401 403 404 200 403 200
POST  /v1/objections/{objection_id}/withdraw            401 409 404 409 409 409
POST  /v1/objections/{objection_id}/uphold              401 403 404 200 403 200
POST  /v1/objections/{objection_id}/dismiss             401 403 404 200 403 200
POST  /v1/objections/{objection_id}/appeal              401 409 404 409 409 409
GET   /v1/rolls/{roll_id}/proxies                       401 200 404 200 200 200
POST  /v1/rolls/{roll_id}/proxies                       401 403 404 422 403 422
GET   /v1/proxies/{proxy_id}                            401 200 404 200 404 200
POST  /v1/proxies/{proxy_id}/revoke                     401 200 404 200 404 200
POST  /v1/rolls/{roll_id}/compile                       401 403 404 200 403 200
POST  /v1/rolls/{roll_id}/display                       401 403 404 409 403 409
POST  /v1/rolls/{roll_id}/close_objections              401 403 404 409 403 409
POST  /v1/rolls/{roll_id}/correct                       401 403 404 409 403 409
POST  /v1/rolls/{roll_id}/seal                          401 403 404 409 403 409
POST  /v1/rolls/{roll_id}/supersede                     401 403 404 409 403 409

GET   /v1/communities/{community_id}/contests           200 200 200 200 200 200
POST  /v1/communities/{community_id}/contests           401 403 404 201 403 201
GET   /v1/contests/{contest_id}                         200 200 200 200 200 200
PATCH /v1/contests/{contest_id}                         404 403 404 200 403 200
GET   /v1/contests/{contest_id}/turnout                 200 200 200 200 200 200
GET   /v1/contests/{contest_id}/changes                 200 200 200 200 200 200
GET   /v1/contests/{contest_id}/events                  401 403 404 200 200 200
POST  /v1/contests/{contest_id}/notice                  404 403 404 200 403 200
POST  /v1/contests/{contest_id}/open                    401 403 404 200 403 200
POST  /v1/contests/{contest_id}/extend                  401 403 404 200 403 200
POST  /v1/contests/{contest_id}/close                   401 403 404 200 403 200
POST  /v1/contests/{contest_id}/count                   401 403 404 403 403 200
POST  /v1/contests/{contest_id}/publish                 401 403 404 403 403 200
POST  /v1/contests/{contest_id}/certify                 401 403 404 403 403 403
GET   /v1/contests/{contest_id}/paper-batches           401 403 404 200 200 200
POST  /v1/contests/{contest_id}/paper-batches           401 403 404 201 403 201
GET   /v1/paper-batches/{batch_id}                      401 403 404 200 200 200
POST  /v1/paper-batches/{batch_id}/issue                401 403 404 200 403 200
POST  /v1/paper-batches/{batch_id}/spoil                401 403 404 200 403 200
POST  /v1/paper-batches/{batch_id}/return               401 403 404 200 403 200
POST  /v1/paper-batches/{batch_id}/key                  401 403 404 403 403 403
GET   /v1/paper-batches/{batch_id}/keying               401 403 404 403 403 403
GET   /v1/paper-batches/{batch_id}/differences          401 403 404 403 403 403
POST  /v1/paper-batches/{batch_id}/resolve              401 403 404 403 403 403
POST  /v1/paper-batches/{batch_id}/enter                401 403 404 403 403 403
POST  /v1/contests/{contest_id}/challenge               401 403 404 200 403 200
POST  /v1/contests/{contest_id}/recount_challenged      401 403 404 403 403 200
POST  /v1/contests/{contest_id}/correct                 401 403 404 403 403 403
POST  /v1/contests/{contest_id}/change_key              401 403 404 409 403 409
GET   /v1/contests/{contest_id}/key-change              422 422 422 422 422 422
GET   /v1/contests/{contest_id}/statements/{name}       200 200 200 200 200 200
POST  /v1/contests/{contest_id}/statements/{name}/signatures 401 422 404 422 422 422
POST  /v1/contests/{contest_id}/annul                   401 403 404 403 403 403
GET   /v1/contests/{contest_id}/result                  200 200 200 200 200 200
GET   /v1/contests/{contest_id}/rounds                  200 200 200 200 200 200
GET   /v1/contests/{contest_id}/explanation             200 200 200 200 200 200
GET   /v1/contests/{contest_id}/rounds.svg              200 200 200 200 200 200
GET   /v1/contests/{contest_id}/open-ballots            401 403 404 200 403 200
GET   /v1/contests/{contest_id}/open-ballots/me         401 200 404 404 404 404
POST  /v1/contests/{contest_id}/recount                 200 200 200 200 200 200
GET   /v1/contests/{contest_id}/privacy                 200 200 200 200 200 200
GET   /v1/contests/{contest_id}/box                     200 200 200 200 200 200
GET   /v1/contests/{contest_id}/box/proof               200 200 200 200 200 200
GET   /v1/contests/{contest_id}/patterns                200 200 200 200 200 200
GET   /v1/contests/{contest_id}/pairwise                200 200 200 200 200 200
GET   /v1/contests/{contest_id}/turnout/units           200 200 200 200 200 200
GET   /v1/contests/{contest_id}/my-record               401 200 404 404 404 404
GET   /v1/contests/{contest_id}/proof/{commitment}      200 200 200 200 200 200
GET   /v1/logs/{log_id}                                 200 200 200 200 200 200
GET   /v1/logs/{log_id}/checkpoint                      200 200 200 200 200 200
GET   /v1/logs/{log_id}/checkpoint.svg                  200 200 200 200 200 200
GET   /v1/journal                                       200 200 200 200 200 200
GET   /v1/logs/{log_id}/tile/{path:path}                200 200 200 200 200 200
GET   /v1/logs/{log_id}/consistency                     200 200 200 200 200 200
POST  /v1/logs/{log_id}/cosignatures                    422 422 422 422 422 422
POST  /v1/contests/{contest_id}/ballots                 401 200 404 403 403 403

GET   /v1/contests/{contest_id}/deliveries              401 403 404 200 403 200
POST  /v1/contests/{contest_id}/deliveries              401 403 404 201 403 201
POST  /v1/contests/{contest_id}/deliveries/import       401 403 404 200 403 200
GET   /v1/deliveries/{delivery_id}                      401 403 404 200 403 200
POST  /v1/deliveries/{delivery_id}/revoke               401 403 404 200 403 200
GET   /v1/contests/{contest_id}/objections              401 200 404 200 200 200
POST  /v1/contests/{contest_id}/objections              401 409 404 403 403 403
GET   /v1/result-objections/{result_objection_id}       401 200 404 200 404 200
POST  /v1/result-objections/{result_objection_id}/withdraw 401 409 404 403 404 403
GET   /v1/contests/{contest_id}/decision                200 200 200 200 200 200
GET   /v1/contests/{contest_id}/timeline                200 200 200 200 200 200
POST  /v1/contests/{contest_id}/next_round              401 403 404 409 403 409
GET   /v1/contests/{contest_id}/external                409 409 409 200 409 200
POST  /v1/contests/{contest_id}/external/records        401 403 404 201 403 201
GET   /v1/rules                                         200 200 200 200 200 200
GET   /v1/rules/{rule_id}                               200 200 200 200 200 200
POST  /v1/rules/{rule_id}/evaluate                      200 200 200 200 200 200
POST  /v1/rules/strictest                               200 200 200 200 200 200
GET   /v1/contests/{contest_id}/bundle                  409 409 409 409 409 409
GET   /v1/tallies                                       200 200 200 200 200 200
GET   /v1/communities/{community_id}/summary            200 200 200 200 200 200

GET   /v1/communities/{community_id}/proposals          401 200 404 200 200 200
POST  /v1/communities/{community_id}/proposals          401 201 404 201 201 201
GET   /v1/proposals/{proposal_id}                       401 200 404 200 200 200
PATCH /v1/proposals/{proposal_id}                       401 200 404 409 409 409
GET   /v1/proposals/{proposal_id}/versions              401 200 404 200 200 200
GET   /v1/proposals/{proposal_id}/diff                  401 200 404 200 200 200
POST  /v1/proposals/{proposal_id}/versions/{number}/erase 401 403 404 200 403 200
POST  /v1/proposals/{proposal_id}/answers/{which}/{number}/erase 401 403 404 200 403 200
GET   /v1/proposals/{proposal_id}/events                401 403 404 200 200 200
POST  /v1/proposals/{proposal_id}/authors               401 200 404 409 409 409
POST  /v1/proposals/{proposal_id}/authors/accept        401 409 404 409 409 409
POST  /v1/proposals/{proposal_id}/authors/leave         401 409 404 409 409 409
POST  /v1/proposals/{proposal_id}/submit                401 200 404 404 404 404
POST  /v1/proposals/{proposal_id}/publish               401 403 404 200 404 200
POST  /v1/proposals/{proposal_id}/return                401 403 404 200 404 200
POST  /v1/proposals/{proposal_id}/withdraw              401 200 404 409 409 409
GET   /v1/communities/{community_id}/search             401 200 404 200 200 200
GET   /v1/proposals/{proposal_id}/duplicates            401 200 404 200 200 200
GET   /v1/proposals/{proposal_id}/attachments           401 200 404 200 200 200
POST  /v1/proposals/{proposal_id}/attachments           401 422 404 409 409 409
GET   /v1/attachments/{attachment_id}                   401 200 404 200 200 200
GET   /v1/attachments/{attachment_id}/content           401 200 404 200 200 200
POST  /v1/attachments/{attachment_id}/remove            401 200 404 200 403 200
GET   /v1/proposals/{proposal_id}/amendments            401 200 404 200 200 200
POST  /v1/proposals/{proposal_id}/amendments            401 409 404 201 201 201
GET   /v1/amendments/{amendment_id}                     401 200 404 200 200 200
POST  /v1/amendments/{amendment_id}/accept              401 200 404 409 409 409
POST  /v1/amendments/{amendment_id}/reject              401 200 404 409 409 409
POST  /v1/amendments/{amendment_id}/promote             401 409 404 409 409 409
POST  /v1/amendments/{amendment_id}/take_back           401 409 404 409 409 409
POST  /v1/amendments/{amendment_id}/erase               401 403 404 200 403 200
GET   /v1/proposals/{proposal_id}/lineage               401 200 404 200 200 200
POST  /v1/proposals/{proposal_id}/merge                 401 403 404 200 403 200
POST  /v1/proposals/{proposal_id}/split                 401 200 404 409 409 409
POST  /v1/proposals/{proposal_id}/endorsements/move     401 409 404 409 409 409
GET   /v1/proposals/{proposal_id}/endorsements          401 403 404 200 403 200
POST  /v1/proposals/{proposal_id}/endorsements          401 409 404 201 201 201
POST  /v1/proposals/{proposal_id}/endorsements/confirm  401 409 404 409 409 409
POST  /v1/proposals/{proposal_id}/endorsements/withdraw 401 409 404 409 409 409
POST  /v1/proposals/{proposal_id}/gather                401 403 404 200 403 200
POST  /v1/proposals/{proposal_id}/lapse                 401 409 404 409 409 409
POST  /v1/proposals/{proposal_id}/review                401 403 404 200 403 200
POST  /v1/proposals/{proposal_id}/accept                401 403 404 200 403 200
POST  /v1/proposals/{proposal_id}/accept_in_part        401 403 404 200 403 200
POST  /v1/proposals/{proposal_id}/reject                401 403 404 200 403 200
POST  /v1/proposals/{proposal_id}/put_on_ballot         401 403 404 200 403 200
POST  /v1/proposals/{proposal_id}/adopt                 401 403 404 409 403 409
POST  /v1/proposals/{proposal_id}/not_adopt             401 403 404 409 403 409
POST  /v1/proposals/{proposal_id}/implement             401 403 404 200 403 200
POST  /v1/proposals/{proposal_id}/complete              401 403 404 200 403 200
POST  /v1/proposals/{proposal_id}/report_outcome        401 403 404 200 403 200
POST  /v1/proposals/{proposal_id}/archive               401 403 404 409 403 409
GET   /v1/threads/{kind}/{subject}                      401 200 404 200 200 200
GET   /v1/threads/{kind}/{subject}/comments             401 200 404 200 200 200
POST  /v1/threads/{kind}/{subject}/comments             401 201 404 201 201 201
GET   /v1/threads/{kind}/{subject}/changes              401 200 404 200 200 200
GET   /v1/threads/{kind}/{subject}/arguments            401 200 404 200 200 200
GET   /v1/threads/{kind}/{subject}/opinions             401 200 404 200 200 200
GET   /v1/threads/{kind}/{subject}/opinions.svg         401 200 404 200 200 200
GET   /v1/threads/{kind}/{subject}/summaries            401 200 404 200 200 200
POST  /v1/threads/{kind}/{subject}/summaries            401 403 404 201 403 201
GET   /v1/comment-summaries/{summary_id}                401 200 404 200 200 200
PATCH /v1/comment-summaries/{summary_id}                401 403 404 200 403 403
GET   /v1/comment-summaries/{summary_id}/versions       401 200 404 200 200 200
GET   /v1/comments/{comment_id}                         401 200 404 200 200 200
PATCH /v1/comments/{comment_id}                         401 409 404 409 409 409
POST  /v1/comments/{comment_id}/retract                 401 409 404 409 409 409
POST  /v1/comments/{comment_id}/react                   401 200 404 200 200 200
GET   /v1/comments/{comment_id}/versions                401 200 404 200 200 200
GET   /v1/me/mentions                                   401 200 200 200 200 200
GET   /v1/communities/{community_id}/moderation-policy  200 200 200 200 200 200
PATCH /v1/communities/{community_id}/moderation-policy  401 403 404 403 403 200
GET   /v1/communities/{community_id}/moderation-counts  200 200 200 200 200 200
GET   /v1/communities/{community_id}/pending-comments   401 403 404 403 403 200
GET   /v1/communities/{community_id}/moderation-cases   401 403 404 403 403 200
POST  /v1/comments/{comment_id}/flag                    401 200 404 200 200 200
POST  /v1/amendments/{amendment_id}/flag                401 200 404 200 200 200
POST  /v1/proposals/{proposal_id}/flag                  401 409 404 200 200 200
POST  /v1/comments/{comment_id}/publish                 401 403 404 403 403 409
POST  /v1/comments/{comment_id}/withhold                401 403 404 403 403 409
POST  /v1/comments/{comment_id}/erase                   401 403 404 403 403 200
POST  /v1/persons/{person_id}/erase_contributions       401 403 404 403 403 200
GET   /v1/moderation-cases/{case_id}                    401 403 404 403 403 200
POST  /v1/moderation-cases/{case_id}/take               401 403 404 403 403 200
POST  /v1/moderation-cases/{case_id}/dismiss            401 403 404 403 403 409
POST  /v1/moderation-cases/{case_id}/hide               401 403 404 403 403 409
POST  /v1/moderation-cases/{case_id}/remove_legal       401 403 404 403 403 409
POST  /v1/moderation-cases/{case_id}/appeal             401 403 404 403 403 409
POST  /v1/moderation-cases/{case_id}/reinstate          401 403 404 403 403 409
POST  /v1/moderation-cases/{case_id}/uphold             401 403 404 403 403 409
GET   /v1/communities/{community_id}/sanctions          401 200 404 200 200 200
POST  /v1/communities/{community_id}/sanctions          401 403 404 403 403 201
GET   /v1/sanctions/{sanction_id}                       401 403 404 403 403 200
POST  /v1/sanctions/{sanction_id}/lift                  401 403 404 403 403 200

GET   /v1/communities/{community_id}/problem-reports    401 200 404 200 200 200
GET   /v1/communities/{community_id}/problem-reports/near 401 200 404 200 200 200
POST  /v1/communities/{community_id}/problem-reports    401 201 404 201 201 201
GET   /v1/problem-reports/{problem_report_id}           401 200 404 200 200 200
PATCH /v1/problem-reports/{problem_report_id}           401 200 404 409 409 409
GET   /v1/problem-reports/{problem_report_id}/versions  401 200 404 200 200 200
POST  /v1/problem-reports/{problem_report_id}/versions/{number}/erase 401 403 404 200 403 200
GET   /v1/problem-reports/{problem_report_id}/events    401 403 404 200 403 200
POST  /v1/problem-reports/{problem_report_id}/withdraw  401 200 404 409 409 409
POST  /v1/problem-reports/{problem_report_id}/flag      401 409 404 200 200 200
POST  /v1/problem-reports/{problem_report_id}/confirm   401 409 404 200 200 200
POST  /v1/problem-reports/{problem_report_id}/take_back 401 409 404 409 409 409
POST  /v1/problem-reports/{problem_report_id}/acknowledge 401 403 404 200 403 200
POST  /v1/problem-reports/{problem_report_id}/start     401 403 404 200 403 200
POST  /v1/problem-reports/{problem_report_id}/resolve   401 403 404 200 403 200
POST  /v1/problem-reports/{problem_report_id}/dismiss   401 403 404 200 403 200
POST  /v1/problem-reports/{problem_report_id}/mark_duplicate 401 200 404 200 403 200
POST  /v1/problem-reports/{problem_report_id}/reopen    401 200 404 200 409 200

GET   /v1/communities/{community_id}/activities         401 200 404 200 200 200
POST  /v1/communities/{community_id}/activities         401 403 404 201 403 201
GET   /v1/activities/{activity_id}                      401 200 404 200 200 200
PATCH /v1/activities/{activity_id}                      401 403 404 200 403 200
POST  /v1/activities/{activity_id}/hold                 401 403 404 200 403 200
POST  /v1/activities/{activity_id}/close                401 403 404 200 403 200
POST  /v1/activities/{activity_id}/cancel               401 403 404 200 403 200
POST  /v1/activities/{activity_id}/erase                401 403 404 200 403 200
GET   /v1/activities/{activity_id}/events               401 403 404 200 200 200
POST  /v1/activities/{activity_id}/minutes              401 403 404 201 403 201
POST  /v1/activities/{activity_id}/action-items         401 403 404 201 403 201
GET   /v1/communities/{community_id}/action-items       401 200 404 200 200 200
GET   /v1/action-items/{action_item_id}                 401 200 404 200 200 200
PATCH /v1/action-items/{action_item_id}                 401 403 404 200 403 200
POST  /v1/action-items/{action_item_id}/complete        401 409 404 200 409 200
POST  /v1/action-items/{action_item_id}/drop            401 403 404 200 403 200
POST  /v1/action-items/{action_item_id}/reopen          401 403 404 200 403 200
POST  /v1/action-items/{action_item_id}/erase           401 403 404 200 403 200
GET   /v1/minutes/{minutes_id}                          401 200 404 200 200 200
PATCH /v1/minutes/{minutes_id}                          401 403 404 200 403 200
POST  /v1/minutes/{minutes_id}/publish                  401 404 404 200 404 200
GET   /v1/minutes/{minutes_id}/versions                 401 200 404 200 200 200
GET   /v1/minutes/{minutes_id}/diff                     401 200 404 200 200 200
POST  /v1/minutes/{minutes_id}/versions/{number}/erase  401 403 404 200 403 200
GET   /v1/minutes/{minutes_id}/events                   401 403 404 200 200 200
"""

CONTEST_OF = {
    "PATCH /v1/contests/{contest_id}": "con_draft",
    "POST /v1/contests/{contest_id}/notice": "con_draft",
    "POST /v1/contests/{contest_id}/open": "con_noticed",
    "POST /v1/contests/{contest_id}/close": "con_ended",
    "POST /v1/contests/{contest_id}/count": "con_closed",
    "POST /v1/contests/{contest_id}/publish": "con_counted",
    "POST /v1/contests/{contest_id}/certify": "con_provisional",
    "POST /v1/contests/{contest_id}/challenge": "con_provisional",
    "POST /v1/contests/{contest_id}/recount_challenged": "con_challenged",
    "GET /v1/contests/{contest_id}/statements/{name}": "con_provisional",
    "POST /v1/contests/{contest_id}/statements/{name}/signatures": "con_provisional",
    "GET /v1/contests/{contest_id}/result": "con_provisional",
    "GET /v1/contests/{contest_id}/box": "con_provisional",
    "GET /v1/contests/{contest_id}/box/proof": "con_provisional",
    "GET /v1/contests/{contest_id}/patterns": "con_provisional",
    "GET /v1/contests/{contest_id}/pairwise": "con_provisional",
    "GET /v1/contests/{contest_id}/turnout/units": "con_provisional",
    "GET /v1/contests/{contest_id}/rounds": "con_provisional",
    "GET /v1/contests/{contest_id}/decision": "con_provisional",
    "GET /v1/contests/{contest_id}/external": "con_external",
    "POST /v1/contests/{contest_id}/external/records": "con_external",
    "GET /v1/contests/{contest_id}/explanation": "con_provisional",
    "GET /v1/contests/{contest_id}/rounds.svg": "con_provisional",
    "POST /v1/contests/{contest_id}/recount": "con_provisional",
    "GET /v1/contests/{contest_id}/open-ballots": "con_provisional",
    "GET /v1/contests/{contest_id}/open-ballots/me": "con_provisional",
}
"""Each move is tried on a contest that stands right before it; everything else on the open one."""

PROPOSAL_OF = {
    "POST /v1/proposals/{proposal_id}/submit": "prp_draft",
    "POST /v1/proposals/{proposal_id}/publish": "prp_submitted",
    "POST /v1/proposals/{proposal_id}/return": "prp_submitted",
    "POST /v1/proposals/{proposal_id}/endorsements": "prp_gathering_support",
    "POST /v1/proposals/{proposal_id}/endorsements/confirm": "prp_gathering_support",
    "POST /v1/proposals/{proposal_id}/endorsements/withdraw": "prp_gathering_support",
    "POST /v1/proposals/{proposal_id}/lapse": "prp_gathering_support",
    "POST /v1/proposals/{proposal_id}/review": "prp_qualified",
    "POST /v1/proposals/{proposal_id}/answers/{which}/{number}/erase": "prp_accepted",
    "POST /v1/proposals/{proposal_id}/accept": "prp_under_review",
    "POST /v1/proposals/{proposal_id}/accept_in_part": "prp_under_review",
    "POST /v1/proposals/{proposal_id}/reject": "prp_under_review",
    "POST /v1/proposals/{proposal_id}/put_on_ballot": "prp_accepted",
    "POST /v1/proposals/{proposal_id}/adopt": "prp_on_ballot",
    "POST /v1/proposals/{proposal_id}/not_adopt": "prp_on_ballot",
    "POST /v1/proposals/{proposal_id}/implement": "prp_accepted",
    "POST /v1/proposals/{proposal_id}/complete": "prp_implementing",
    "POST /v1/proposals/{proposal_id}/report_outcome": "prp_implemented",
    "POST /v1/proposals/{proposal_id}/archive": "prp_implemented",
}
"""Each move is tried on a proposal of the resident's that stands right before it; everything else on the published one."""

REPORT_OF = {
    "POST /v1/problem-reports/{problem_report_id}/start": "prb_acknowledged",
    "POST /v1/problem-reports/{problem_report_id}/resolve": "prb_in_progress",
    "POST /v1/problem-reports/{problem_report_id}/reopen": "prb_resolved",
}
"""Each move is tried on a report of the resident's that stands right before it; everything else on the open one."""

ACTIVITY_OF = {
    "POST /v1/activities/{activity_id}/close": "atv_held",
    "POST /v1/activities/{activity_id}/minutes": "atv_held",
    "POST /v1/activities/{activity_id}/action-items": "atv_held",
}
"""Tried on an activity that has taken place; everything else on one that is announced."""

BRIEFLY = {
    "GET /v1/contests/{contest_id}/changes": "?seconds=0",
    "GET /v1/threads/{kind}/{subject}/changes": "?seconds=0",
}
"""What would go on for long is asked for once."""

BLIND = {"/livez", "/readyz", "/metrics"}
"""Routes that take no notice of who asks: an unfit bearer is answered like a stranger."""

IDS = {
    "code": "contest_not_found",
    "name": "close",
    "batch_id": "pbt_1",
    "community_id": "com_1",
    "building_id": "bld_1",
    "unit_id": "unt_1",
    "dwelling_id": "dwl_1",
    "household_id": "hsh_1",
    "person_id": "per_2",
    "residency_id": "res_1",
    "ownership_id": "own_1",
    "role_id": "rle_aud",
    "client_id": "cli_1",
    "roll_id": "rol_1",
    "objection_id": "obj_1",
    "proxy_id": "prx_1",
    "delivery_id": "dlv_1",
    "result_objection_id": "rob_1",
    "contest_id": "con_open",
    "log_id": "con_open",
    "path": "entries/000.p/2",
    "commitment": "A" * 43,
    "rule_id": "cn.civil-code-278.ordinary",
    "proposal_id": "prp_published",
    "amendment_id": "amd_1",
    "attachment_id": "att_1",
    "number": "1",
    "which": "answer",
    "kind": "contest",
    "subject": "con_open",
    "comment_id": "cmt_1",
    "summary_id": "csm_1",
    "case_id": "cse_1",
    "sanction_id": "san_1",
    "problem_report_id": "prb_open",
    "activity_id": "atv_announced",
    "minutes_id": "mnt_published",
    "action_item_id": "aci_open",
}

DELIVERED = NOW.isoformat()

BODIES: dict[str, Any] = {
    "POST /v1/tokens": {"grant_type": "code", "code": "0000-0000-0000"},
    "POST /v1/tokens/batch": {"codes": ["0000-0000-0000"]},
    "POST /v1/tokens/revoke": {"refresh_token": "none"},
    "POST /v1/me/identities": {"code": "0000-0000-0000"},
    "POST /v1/communities": {"name": {"en": "C"}, "time_zone": "Asia/Shanghai"},
    "PATCH /v1/communities/{community_id}": {"time_zone": "Asia/Urumqi"},
    "POST /v1/communities/{community_id}/clock/advance": {"seconds": 1},
    "PUT /v1/communities/{community_id}/calendar": {
        "title": {"zh": "历", "en": "c"},
        "clause": {"zh": "无", "en": "none"},
        "certainty": "practice",
        "weekend": [7],
        "from": "2026-01-01",
        "until": "2026-12-31",
    },
    "PUT /v1/communities/{community_id}/bylaws": {},
    "POST /v1/communities/{community_id}/roles": {"holder_id": "per_2", "role": "social_worker"},
    "POST /v1/roles/{role_id}/end": {},
    "POST /v1/communities/{community_id}/api-clients": {"name": "app", "scopes": ["rolls:read"]},
    "POST /v1/communities/{community_id}/buildings": {"label": "9"},
    "PATCH /v1/buildings/{building_id}": {"label": "9"},
    "POST /v1/buildings/{building_id}/units": {"label": "9"},
    "PATCH /v1/units/{unit_id}": {"label": "9"},
    "POST /v1/units/{unit_id}/dwellings": {"label": "909", "area_cm2": 1},
    "PATCH /v1/dwellings/{dwelling_id}": {"area_cm2": 5},
    "POST /v1/communities/{community_id}/persons": {"name": "王芳"},
    "PATCH /v1/persons/{person_id}": {"phone": "13900139000"},
    "POST /v1/dwellings/{dwelling_id}/residencies": {"person_id": "per_aud", "kind": "tenant"},
    "POST /v1/residencies/{residency_id}/end": {},
    "POST /v1/dwellings/{dwelling_id}/ownerships": {"person_id": "per_2"},
    "POST /v1/households/{household_id}/representative": {"person_id": "per_2"},
    "POST /v1/communities/{community_id}/register/import": "楼栋,单元,房号,专有面积(㎡)\n1,1,999,88.5\n",
    "POST /v1/communities/{community_id}/codes": {},
    "POST /v1/communities/{community_id}/rolls": {"name": "x", "basis": "person"},
    "POST /v1/rolls/{roll_id}/correct": {"reason": "r", "add": ["per_2"]},
    "POST /v1/rolls/{roll_id}/supersede": {"reason": "r"},
    "POST /v1/rolls/{roll_id}/objections": {"kind": "missing", "statement": "s"},
    "POST /v1/rolls/{roll_id}/proxies": {"agent_id": "per_2"},
    "POST /v1/objections/{objection_id}/uphold": {"reason": "r"},
    "POST /v1/objections/{objection_id}/dismiss": {"reason": "r"},
    "POST /v1/objections/{objection_id}/appeal": {"reason": "r"},
    "POST /v1/communities/{community_id}/contests": {
        "roll_id": "rol_open",
        "question": {"en": "?"},
        "options": [{"label": {"en": "1"}}, {"label": {"en": "2"}}],
        "method": "irv",
        "opens_at": "2100-01-01T00:00:00Z",
        "closes_at": "2100-01-02T00:00:00Z",
    },
    "PATCH /v1/contests/{contest_id}": {"method": "approval"},
    "POST /v1/contests/{contest_id}/extend": {"closes_at": "2100-01-03T00:00:00Z", "reason": "r"},
    "POST /v1/contests/{contest_id}/annul": {"reason": "r"},
    "POST /v1/contests/{contest_id}/paper-batches": {"label": "3"},
    "POST /v1/paper-batches/{batch_id}/issue": {"entry_id": "ent_1"},
    "POST /v1/paper-batches/{batch_id}/return": {"unreturned": 1},
    "POST /v1/paper-batches/{batch_id}/key": {"ballots": []},
    "POST /v1/paper-batches/{batch_id}/resolve": {"resolutions": [{"number": 1, "ranking": []}]},
    "POST /v1/contests/{contest_id}/challenge": {"reason": "r"},
    "POST /v1/contests/{contest_id}/statements/{name}/signatures": {"signatures": "— x AAAA\n"},
    "POST /v1/contests/{contest_id}/change_key": {"name": "x", "new_key": "y", "reason": "r", "signatures": "z"},
    "POST /v1/contests/{contest_id}/recount": {"alternatives": [{"method": "schulze"}]},
    "POST /v1/contests/{contest_id}/deliveries": {
        "entry_id": "ent_1",
        "method": "post",
        "delivered_at": DELIVERED,
        "delivered_by": "b",
        "document_sha256": "0" * 64,
        "warned": True,
    },
    "POST /v1/contests/{contest_id}/deliveries/import": "entry_id,method,delivered_at,delivered_by,document_sha256,warned\n"
    f"ent_1,post,{DELIVERED},b,{'0' * 64},yes\n",
    "POST /v1/deliveries/{delivery_id}/revoke": {"reason": "r"},
    "POST /v1/contests/{contest_id}/objections": {"statement": "s"},
    "POST /v1/contests/{contest_id}/next_round": {
        "opens_at": "2100-01-01T00:00:00Z",
        "closes_at": "2100-01-02T00:00:00Z",
    },
    "POST /v1/contests/{contest_id}/external/records": {
        "system": "official",
        "reference": "1",
        "counts": {"roll": {"heads": 1}, "votes": {"for": {"heads": 1}}},
        "documents": [{"name": "result.pdf", "sha256": "0" * 64}],
    },
    "POST /v1/rules/{rule_id}/evaluate": {
        "roll": {"heads": 3, "area": 9},
        "votes": {"for": 1, "against": {"heads": 1, "area": 2}},
    },
    "POST /v1/rules/strictest": {"rules": ["cn.civil-code-278.ordinary"], "effects": ["cn.civil-code-278.item-8"]},
    "POST /v1/logs/{log_id}/cosignatures": {"signatures": [f"\u2014 witness.example/w1 {'A' * 104}"]},
    "POST /v1/contests/{contest_id}/ballots": {"ranking": [["opt_open_0"]]},
    "POST /v1/communities/{community_id}/proposals": {"title": {"en": "t"}, "body": {"en": "b"}},
    "PATCH /v1/proposals/{proposal_id}": {"title": {"en": "u"}},
    "POST /v1/proposals/{proposal_id}/authors": {"person_id": "per_2"},
    "POST /v1/proposals/{proposal_id}/return": {"reason": "r"},
    "POST /v1/proposals/{proposal_id}/withdraw": {"reason": "r"},
    "POST /v1/proposals/{proposal_id}/amendments": {
        "base": 1,
        "locale": "en",
        "action": "replace",
        "paragraph": 1,
        "text": "c",
    },
    "POST /v1/amendments/{amendment_id}/reject": {"reason": "r"},
    "POST /v1/amendments/{amendment_id}/erase": {"reason": "r"},
    "POST /v1/attachments/{attachment_id}/remove": {"reason": "r"},
    "POST /v1/proposals/{proposal_id}/merge": {"into": "prp_qualified", "reason": "r"},
    "POST /v1/proposals/{proposal_id}/split": {
        "parts": [{"title": {"en": "1"}, "body": {"en": "1"}}, {"title": {"en": "2"}, "body": {"en": "2"}}],
        "reason": "r",
    },
    "POST /v1/proposals/{proposal_id}/endorsements/move": {"to": "prp_qualified"},
    "POST /v1/proposals/{proposal_id}/gather": {"number": 3, "days": 30},
    "POST /v1/proposals/{proposal_id}/accept": {"text": {"en": "a"}},
    "POST /v1/proposals/{proposal_id}/accept_in_part": {"text": {"en": "a"}},
    "POST /v1/proposals/{proposal_id}/reject": {"text": {"en": "a"}, "reason": "r"},
    "POST /v1/proposals/{proposal_id}/put_on_ballot": {"contest_id": "con_open"},
    "POST /v1/proposals/{proposal_id}/report_outcome": {"text": {"en": "a"}},
    "POST /v1/proposals/{proposal_id}/versions/{number}/erase": {"reason": "r"},
    "POST /v1/proposals/{proposal_id}/answers/{which}/{number}/erase": {"reason": "r"},
    "POST /v1/threads/{kind}/{subject}/comments": {"text": "好"},
    "POST /v1/threads/{kind}/{subject}/summaries": {"side": "all", "text": "好"},
    "PATCH /v1/comment-summaries/{summary_id}": {"text": "好"},
    "PATCH /v1/comments/{comment_id}": {"text": "好"},
    "POST /v1/comments/{comment_id}/react": {"reaction": "support"},
    "PATCH /v1/communities/{community_id}/moderation-policy": {"flag_threshold": 2},
    "POST /v1/comments/{comment_id}/flag": {"rule_id": "abuse"},
    "POST /v1/amendments/{amendment_id}/flag": {"rule_id": "abuse"},
    "POST /v1/communities/{community_id}/problem-reports": {
        "observation": "o",
        "location": {"type": "Point", "coordinates": [121.4737, 31.2304]},
    },
    "PATCH /v1/problem-reports/{problem_report_id}": {"observation": "p"},
    "POST /v1/problem-reports/{problem_report_id}/versions/{number}/erase": {"reason": "r"},
    "POST /v1/problem-reports/{problem_report_id}/withdraw": {"reason": "r"},
    "POST /v1/problem-reports/{problem_report_id}/flag": {"rule_id": "abuse"},
    "POST /v1/problem-reports/{problem_report_id}/resolve": {"reason": "r"},
    "POST /v1/problem-reports/{problem_report_id}/dismiss": {"reason": "r"},
    "POST /v1/problem-reports/{problem_report_id}/mark_duplicate": {"duplicate_of": "prb_acknowledged"},
    "POST /v1/problem-reports/{problem_report_id}/reopen": {"reason": "r"},
    "POST /v1/communities/{community_id}/activities": {
        "kind": "k",
        "level": 3,
        "title": {"en": "t"},
        "starts_at": "2026-03-01T11:00:00Z",
        "ends_at": "2026-03-01T13:00:00Z",
    },
    "PATCH /v1/activities/{activity_id}": {"place": "p"},
    "POST /v1/activities/{activity_id}/minutes": {"body": {"en": "b"}},
    "POST /v1/activities/{activity_id}/action-items": {
        "text": "t",
        "due_on": "2026-04-01",
        "responsible_role": "teller",
    },
    "PATCH /v1/action-items/{action_item_id}": {"due_on": "2026-05-01"},
    "POST /v1/action-items/{action_item_id}/drop": {"reason": "r"},
    "POST /v1/action-items/{action_item_id}/reopen": {"reason": "r"},
    "POST /v1/action-items/{action_item_id}/erase": {"reason": "r"},
    "PATCH /v1/minutes/{minutes_id}": {"body": {"en": "c"}, "reason": "r"},
    "POST /v1/minutes/{minutes_id}/versions/{number}/erase": {"reason": "r"},
    "POST /v1/activities/{activity_id}/cancel": {"reason": "r"},
    "POST /v1/activities/{activity_id}/erase": {"reason": "r"},
    "POST /v1/proposals/{proposal_id}/flag": {"rule_id": "abuse"},
    "POST /v1/communities/{community_id}/sanctions": {
        "person_id": "per_2",
        "acts": ["comment"],
        "days": 1,
        "rule_id": "abuse",
        "reason": "r",
    },
}


QUERIES = {
    "GET /v1/contests/{contest_id}/box/proof": "?slot=" + "0" * 64,
    "GET /v1/logs/{log_id}/consistency": "?from=1",
    "GET /v1/journal": "?community=com_1",
    "GET /v1/communities/{community_id}/moderation-counts": "?month=2026-03",
    "GET /v1/contests/{contest_id}/key-change": "?name=x&new_key=y",
    "GET /v1/proposals/{proposal_id}/diff": "?from=1&to=1",
    "GET /v1/minutes/{minutes_id}/diff": "?from=1&to=1",
    "GET /v1/communities/{community_id}/search": "?q=t",
    "GET /v1/communities/{community_id}/problem-reports/near": "?longitude=121.4737&latitude=31.2304",
}
"""What a GET must be asked with."""


def address(row: str) -> str:
    """The path of a row with its ids filled in, and what it must be asked with."""
    ids = IDS | ({"contest_id": CONTEST_OF[row]} if row in CONTEST_OF else {})
    ids |= {"proposal_id": PROPOSAL_OF[row]} if row in PROPOSAL_OF else {}
    ids |= {"problem_report_id": REPORT_OF[row]} if row in REPORT_OF else {}
    ids |= {"activity_id": ACTIVITY_OF[row]} if row in ACTIVITY_OF else {}
    ids |= {"action_item_id": "aci_done"} if row == "POST /v1/action-items/{action_item_id}/reopen" else {}
    ids |= {"minutes_id": "mnt_draft"} if row == "POST /v1/minutes/{minutes_id}/publish" else {}
    return described(row.split()[1]).format(**ids) + BRIEFLY.get(row, "") + QUERIES.get(row, "")


def described(path: str) -> str:
    """A route's path as the description has it: a parameter of several segments is named like any other."""
    return path.replace(":path}", "}")


def rows() -> dict[str, tuple[int, ...]]:
    """`METHOD path` → one status per caller."""
    found = {}
    for line in TABLE.strip().splitlines():
        if line:
            method, path, *statuses = line.split()
            found[f"{method} {path}"] = tuple(map(int, statuses))
    return found
