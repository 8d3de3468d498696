//! A look that cannot be is found, and said where it stands.

use crate::codegen::tests::assert_found;

const REGISTER: &str = "operationId: register\n";
const CREATE: &str = "operationId: createTalkspace";
const ADD: &str = "operationId: addToTalkspace";
const MOVE: &str = "operationId: moveParticipant";
const BLAST: &str = "operationId: blastMedia";

#[test]
fn what_must_not_be_sent_twice_is_looked_for() {
    assert_found(&[
        (
            "operationId: muteParticipant",
            "x-talkspace-effect: converges",
            "x-talkspace-effect: once",
            "x-talkspace-look is missing; say how its result is looked for, or `none` and why",
        ),
        (
            ADD,
            "x-talkspace-effect: rings",
            "x-talkspace-effect: converges",
            "x-talkspace-look: what can be sent again is not looked for; leave it out",
        ),
        (
            BLAST,
            "none: Nothing shows what was played. Ask the person before it is sent again.",
            "none: ' '",
            "x-talkspace-look/none: say why, in a sentence",
        ),
        (
            BLAST,
            "none: Nothing",
            "shows: {outcome: ready}\n              none: Nothing",
            "x-talkspace-look/shows: the key is not understood",
        ),
        (
            "operationId: actOnTalkspace",
            "tags: [TalkSpaces]",
            "tags: [TalkSpaces]\n      x-talkspace-look: {none: Why.}",
            "said by the entries of x-talkspace-split",
        ),
    ]);
}

#[test]
fn a_look_only_reads() {
    assert_found(&[
        (
            ADD,
            "operation: getTalkspace",
            "operation: getTalkspaces",
            "`getTalkspaces` is no operation",
        ),
        (
            ADD,
            "operation: getTalkspace",
            "operation: closeTalkspace",
            "`closeTalkspace` does more than read, and a look changes nothing",
        ),
        (
            CREATE,
            "new: {conferenceid: listTalkspaces}",
            "new: {conferenceid: hangUp}",
            "`hangUp` does more than read",
        ),
    ]);
}

#[test]
fn a_look_gets_what_it_needs() {
    assert_found(&[
        (
            MOVE,
            "with: {conferenceid: toconferenceid}",
            "with: {room: toconferenceid}",
            "`room` is no parameter of `getTalkspace`",
        ),
        (
            MOVE,
            "with: {conferenceid: toconferenceid}",
            "with: {conferenceid: nowhere}",
            "`nowhere` is no parameter of `moveParticipant`",
        ),
        (
            MOVE,
            "with: {conferenceid: toconferenceid}",
            "with: {conferenceid: networkid}",
            "`networkid` is not a required ConferenceId of `moveParticipant`",
        ),
        (
            MOVE,
            "with: {conferenceid: toconferenceid}\n",
            "with: {}\n",
            "`getTalkspace` needs `conferenceid`; say with what",
        ),
        (
            REGISTER,
            "query: related}",
            "query: befriended}",
            "`befriended` is none of the words: exists, related",
        ),
    ]);
}

#[test]
fn what_is_new_is_an_id_in_a_list() {
    let new = "new: {conferenceid: listTalkspaces}";
    assert_found(&[
        (
            CREATE,
            new,
            "new: {conferenceid: listMedia}",
            "the response of `listMedia` has no list of ids like `conferenceid`",
        ),
        (CREATE, new, "new: {}", "0 entries; write one"),
        (
            CREATE,
            new,
            "new: {conferenceid: getTalkspace}",
            "not supported: a look at what is new with other parameters",
        ),
    ]);
}

#[test]
fn a_response_shows_it() {
    let participants = "shows: {participants: networkid}";
    assert_found(&[
        (
            ADD,
            participants,
            "shows: {people: networkid}",
            "`people` is neither a list of ids in the response of `getTalkspace` nor its outcome",
        ),
        (
            ADD,
            participants,
            "shows: {participants: conferenceid}",
            "`conferenceid` is not a required NetworkId of `addToTalkspace`",
        ),
        (
            REGISTER,
            "shows: {outcome: registered}",
            "shows: {outcome: happy}",
            "`happy` is no outcome of `getRegistrationStatus`",
        ),
        (
            "operationId: createMedia",
            "none: >-\n          Media without content is listed nowhere. It does no harm, so the request can be sent again.",
            "{operation: listMedia, with: {}, shows: {recorded: mediaid}}",
            "`mediaid` is no parameter of `createMedia`",
        ),
    ]);
}
