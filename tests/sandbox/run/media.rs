//! Media, grants and files.

use super::*;

impl Run {
    pub(super) fn check_media(&self, app: usize) {
        let list = self.send(app, ListMedia::new()).unwrap();
        let (recorded, mut uploaded) = (unique(list.recorded), unique(list.uploaded));
        assert!(uploaded.remove(GREETING), "is there all the time");
        for media in &self.model.media {
            let status = self.send(app, GetMediaStatus::new(&media.id));
            let listed = (recorded.contains(&media.id), uploaded.contains(&media.id));
            if media.removed || media.app != app {
                assert_eq!(status.unwrap_err(), if media.removed { 404 } else { 401 });
                assert_eq!(listed, (false, false));
                continue;
            }
            let status = status.unwrap();
            let has_content = status.outcome == GetMediaStatusOutcome::Ready;
            assert_eq!(has_content, listed.0 || listed.1);
            assert!(!(listed.0 && listed.1));
            assert!(media.may_be_recorded || !listed.0);
            if !media.may_be_recorded {
                assert_eq!(has_content, media.uploaded.is_some());
            }
            let Some(url) = status.download_url else {
                assert!(!has_content);
                continue;
            };
            let content = self.download(url.as_str());
            assert_eq!(
                content.len() as u64,
                u64::try_from(status.file_size).unwrap()
            );
            if listed.1 {
                assert_eq!(Some(&content[..]), media.uploaded.as_deref());
            }
        }
        let known =
            |id: &talkspace_core::MediaId| self.model.media.iter().any(|media| media.id == *id);
        assert!(recorded.iter().chain(&uploaded).all(known));
    }

    pub(super) fn download(&self, url: &str) -> Bytes {
        let request = http::Request::get(url).body(Body::empty()).unwrap();
        let exchange = Exchange::new(request, Limits::default());
        let transport = self.sandbox.transport();
        let response =
            BlockingTransport::exchange(&transport, exchange, &CancelToken::default()).unwrap();
        assert_eq!(response.status(), 200);
        response.into_body().chunk().unwrap().unwrap_or_default()
    }

    pub(super) fn create_media(&mut self, app: usize) {
        let made = self.send(app, CreateMedia::new());
        assert_eq!(made.is_ok(), app != UNKNOWN);
        if let Ok(made) = made {
            self.model.media.push(Media {
                id: made.media_id,
                app,
                removed: false,
                uploaded: None,
                may_be_recorded: false,
            });
        }
    }

    /// The media, if it is there and the application's own.
    pub(super) fn own(&self, app: usize, media: usize) -> Option<&Media> {
        let media = self.model.media.get(media)?;
        (media.app == app && !media.removed).then_some(media)
    }

    pub(super) fn media_id(&self, media: usize) -> talkspace_core::MediaId {
        let media = self.model.media.get(media);
        media.map_or("unknown".into(), |media| media.id.clone())
    }

    pub(super) fn record(&mut self, app: usize, step: &Step) {
        let (greeting, is_good) = Self::greeting(step.option);
        let mut request = RecordMedia::new(self.media_id(step.one), PEOPLE[step.person]);
        request.greeting_id = greeting.map(Into::into);
        let done = self.send(app, request).is_ok();
        let is_own = self.own(app, step.one).is_some();
        assert_eq!(done, is_good && is_own && self.can_call(app, step.person));
        if done {
            self.model.media[step.one].may_be_recorded = true;
        }
    }

    pub(super) fn blast(&mut self, app: usize, step: &Step) {
        let ids = [self.media_id(step.one), self.media_id(step.other)];
        let done = self.send(app, BlastMedia::new(ids, PEOPLE[step.person]));
        let played = [step.one, step.other].map(|media| self.own(app, media));
        let may = played.iter().all(|media| {
            media.is_some_and(|media| media.uploaded.is_some() || media.may_be_recorded)
        });
        let must = played.iter().flatten().all(|media| !media.may_be_recorded);
        let may = may && self.can_call(app, step.person);
        assert!(may || done.is_err());
        assert!(!(may && must) || done.is_ok());
    }

    pub(super) fn grant(&mut self, app: usize, media: usize) {
        let granted = self.send(app, RequestUploadGrant::new(self.media_id(media)));
        match granted {
            Ok(granted) => {
                assert!(self.own(app, media).is_some());
                assert!(
                    self.model
                        .grants
                        .iter()
                        .all(|old| old.id != granted.grant_id)
                );
                self.model.grants.push(Grant {
                    id: granted.grant_id,
                    media,
                    issued: self.model.now,
                    used: false,
                });
            }
            Err(status) => {
                assert_eq!(status, 401);
                assert!(app == UNKNOWN || self.own(app, media).is_none());
            }
        }
    }

    pub(super) fn remove(&mut self, app: usize, media: usize) {
        let done = self
            .send(app, RemoveMedia::new(self.media_id(media)))
            .is_ok();
        let own = self.own(app, media);
        assert!(own.is_some() || !done);
        if own.is_some_and(|own| !own.may_be_recorded) {
            assert!(done, "nothing is recorded into it");
        }
        if done {
            self.model.media[media].removed = true;
        }
    }

    pub(super) fn upload(&mut self, step: &Step) {
        let content: Vec<u8> = match step.option {
            0 => b"RIFF....WAVE".to_vec(),
            1 => Vec::new(),
            _ => format!("ID3 {} {}", step.person, step.other).into(),
        };
        let grant = step.one;
        let id = self.model.grants.get(grant).map(|grant| grant.id.clone());
        let id = id.unwrap_or("0x0000000000000000".into());
        let file = MediaFile::unchecked(Bytes::from(content.clone()));
        let done = self.send(0, UploadMedia::new(id, file)).is_ok();
        let is_good = grant < self.model.grants.len() && self.model.is_good(grant);
        assert_eq!(done, is_good && step.option > 1);
        if done {
            let grant = &mut self.model.grants[grant];
            grant.used = true;
            self.model.media[grant.media].uploaded = Some(content);
        }
    }
}
