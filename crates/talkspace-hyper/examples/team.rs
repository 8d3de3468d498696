//! A web service that calls a team together.
//!
//! ```sh
//! cargo run --bin talkspace -- sandbox    # in another terminal
//! export TALKSPACE_BASE_URL=http://127.0.0.1:8080
//! export TALKSPACE_APP_KEY=11111111-2222-3333-4444-555555555555
//! cargo run -p talkspace-hyper --features serde --example team 127.0.0.1:3000
//! curl -H 'content-type: application/json' -d '{"leader":"eta","members":["theta"]}' 127.0.0.1:3000/teams
//! ```
//!
//! | request | what it does |
//! |---|---|
//! | `POST /teams` | calls the leader, then the members, and says who came |
//! | `GET /teams/{id}`, `DELETE /teams/{id}` | shows who is there, ends it |
//! | `PUT`, `DELETE /teams/{id}/people/{who}/mute` | mutes, unmutes |
//! | `POST /teams/{id}/people/{who}/move/{to}` | moves a person to another team |
//! | `POST /media`, `GET /media/{id}` | uploads an MP3 file, streams one |

#![allow(clippy::print_stdout, reason = "a program for people")]

use std::time::Duration;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use talkspace_hyper::response::GetTalkspaceResponse;
use talkspace_hyper::sure::UploadTo;
use talkspace_hyper::{
    AddToTalkspace, Client, CloseTalkspace, ConferenceId, CreateMedia, CreateTalkspace, Delivery,
    Download, Error, ErrorKind, GetMediaStatus, GetTalkspace, HyperTransport, MediaFile, MediaId,
    MoveParticipant, MuteParticipant, NetworkId, PollOptions, RequestUploadGrant, Sure,
    UnmuteParticipant, UploadMedia,
};
use tokio::task::JoinSet;

#[tokio::main]
pub(crate) async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listen = std::env::args().nth(1).ok_or("usage: team ADDRESS:PORT")?;
    let url = std::env::var("TALKSPACE_BASE_URL")?;
    let key = std::env::var("TALKSPACE_APP_KEY")?;
    let client = Client::builder(url.as_str(), key).build(HyperTransport::new())?;
    let listener = tokio::net::TcpListener::bind(listen).await?;
    println!("at http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, service(client, Duration::from_secs(60))).await?)
}

/// What all handlers share.
#[derive(Clone)]
struct Service {
    client: Client,
    /// How long a person may take to answer the phone.
    patience: PollOptions,
}

/// The service, which waits `patience` for each person.
pub(crate) fn service(client: Client, patience: Duration) -> Router {
    let patience = PollOptions::default().timeout(patience);
    Router::new()
        .route("/teams", post(call))
        .route("/teams/{id}", get(show).delete(close))
        .route("/teams/{id}/people/{who}/mute", put(mute).delete(unmute))
        .route("/teams/{id}/people/{who}/move/{to}", post(move_to))
        .route("/media", post(upload))
        .route("/media/{id}", get(stream))
        .with_state(Service { client, patience })
}

/// Whom to call.
#[derive(Deserialize)]
struct Team {
    leader: NetworkId,
    members: Vec<NetworkId>,
}

/// Who came.
#[derive(Serialize)]
struct Called {
    id: ConferenceId,
    members: Vec<Member>,
}

/// What became of a member: `there`, or why not.
#[derive(Serialize)]
struct Member {
    who: NetworkId,
    is: String,
}

async fn call(
    State(service): State<Service>,
    Json(team): Json<Team>,
) -> Result<(StatusCode, Json<Called>), Failure> {
    let create = CreateTalkspace::new(&team.leader);
    let created = service.client.send_surely(create, service.patience).await;
    let id = created.into_result()?.conference_id;
    let mut calls = JoinSet::new();
    for who in team.members {
        calls.spawn(invite(service.clone(), id.clone(), who));
    }
    let mut members = calls.join_all().await;
    members.sort_by(|one, other| one.who.cmp(&other.who));
    Ok((StatusCode::CREATED, Json(Called { id, members })))
}

/// Calls a member, whose phone rings once at most, and waits until they are there.
async fn invite(service: Service, id: ConferenceId, who: NetworkId) -> Member {
    let Service { client, patience } = service;
    let is = match client
        .send_surely(AddToTalkspace::new(&id, &who), patience)
        .await
    {
        Sure::NotApplied(error) => format!("not called: {error}"),
        Sure::InDoubt { error, .. } => format!("perhaps called: {error}"),
        _ => match client.wait_for_participant(&id, &who, patience).await {
            Ok(_) => "there".to_owned(),
            Err(error) if error.kind() == ErrorKind::PollTimeout => "not reached".to_owned(),
            Err(error) => error.to_string(),
        },
    };
    Member { who, is }
}

async fn show(
    State(service): State<Service>,
    Path(id): Path<ConferenceId>,
) -> Result<Json<GetTalkspaceResponse>, Failure> {
    Ok(Json(service.client.send(GetTalkspace::new(id)).await?))
}

async fn close(State(service): State<Service>, Path(id): Path<ConferenceId>) -> Done {
    service.client.send(CloseTalkspace::new(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn mute(
    State(service): State<Service>,
    Path((id, who)): Path<(ConferenceId, NetworkId)>,
) -> Done {
    service.client.send(MuteParticipant::new(id, who)).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn unmute(
    State(service): State<Service>,
    Path((id, who)): Path<(ConferenceId, NetworkId)>,
) -> Done {
    service.client.send(UnmuteParticipant::new(id, who)).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn move_to(
    State(service): State<Service>,
    Path((id, who, to)): Path<(ConferenceId, NetworkId, ConferenceId)>,
) -> Done {
    let request = MoveParticipant::new(id, who, to);
    let moved = service.client.send_surely(request, service.patience).await;
    moved.into_result()?;
    Ok(StatusCode::NO_CONTENT)
}

/// An upload goes on to the service while it arrives: no file is held in memory.
async fn upload(
    State(service): State<Service>,
    headers: HeaderMap,
    body: Body,
) -> Result<(StatusCode, Json<MediaId>), Failure> {
    let length = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok());
    let length = length.and_then(|length| length.parse().ok()).unwrap_or(0);
    let file = MediaFile::from_body(body, length)
        .map_err(|invalid| Failure(StatusCode::BAD_REQUEST, invalid.to_string()))?;
    let client = &service.client;
    let id = client.send(CreateMedia::new()).await?.media_id;
    let grant = client.send(RequestUploadGrant::new(&id)).await?.grant_id;
    let upload = UploadTo::new(&id, UploadMedia::new(grant, file));
    client
        .send_surely(upload, service.patience)
        .await
        .into_result()?;
    Ok((StatusCode::CREATED, Json(id)))
}

/// A recording is handed on while it arrives.
async fn stream(
    State(service): State<Service>,
    Path(id): Path<MediaId>,
) -> Result<Response, Failure> {
    let status = service.client.send(GetMediaStatus::new(id)).await?;
    let url = status
        .download_url
        .ok_or(Failure(StatusCode::NOT_FOUND, "no content yet".into()))?;
    let media = service.client.open(Download::new(url)).await?;
    Ok(([(header::CONTENT_TYPE, "audio/mpeg")], Body::new(media)).into_response())
}

type Done = Result<StatusCode, Failure>;

/// A failure, as this service tells it: in one line that holds no secret.
struct Failure(StatusCode, String);

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let status = match (error.kind(), error.delivery()) {
            (ErrorKind::Invalid, _) => StatusCode::BAD_REQUEST,
            (ErrorKind::Status, Delivery::Responded) => match error.status().map(|s| s.code()) {
                Some(404) => StatusCode::NOT_FOUND,
                Some(502) => StatusCode::SERVICE_UNAVAILABLE,
                _ => StatusCode::BAD_GATEWAY,
            },
            // It may have been applied: the client must not just try again.
            (_, Delivery::MaybeSent) => StatusCode::GATEWAY_TIMEOUT,
            _ => StatusCode::BAD_GATEWAY,
        };
        Self(status, error.to_string())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        (self.0, self.1).into_response()
    }
}
