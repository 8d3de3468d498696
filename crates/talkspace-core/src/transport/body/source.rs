//! Where the bytes of a [`Body`](super::Body) may come from.

#[cfg(any(unix, windows))]
use std::fs::File;
use std::io::{self, Read as _};
use std::sync::Arc;

use bytes::Bytes;

/// Content that is read while it is sent, such as a file.
///
/// A source is read by position and never moves: the same range may be read
/// twice, when a request is retried.
pub trait BodySource: Send + Sync + 'static {
    /// The number of bytes that the source holds. It must not change.
    fn len(&self) -> u64;

    /// Whether the source holds nothing.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Reads bytes that start at `offset` into `buffer` and says how many.
    ///
    /// Zero means that the source ends at `offset`; before [`len`](Self::len)
    /// that is a failure of the exchange.
    ///
    /// It may take its time: of the [limits](crate::Limits) only the deadline
    /// runs meanwhile. A blocking transport comes back no sooner than this does.
    ///
    /// # Errors
    ///
    /// Whatever reading gives; the exchange then fails with
    /// [`FailureKind::BodySource`](crate::FailureKind::BodySource) and this
    /// error as its source.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;

    /// The `length` bytes that start at `offset`, if they are in memory. They are
    /// sent as they are: nothing is read, and no thread is needed that may block.
    ///
    /// Default: `None`. Then, and when it gives another number of bytes, they are
    /// [read](Self::read_at).
    fn in_memory(&self, offset: u64, length: usize) -> Option<Bytes> {
        let _ = (offset, length);
        None
    }
}

/// Content in memory, and how a range of it becomes [`Bytes`].
macro_rules! in_memory {
    ($($memory:ty: $to_bytes:expr),* $(,)?) => {$(
        impl BodySource for $memory {
            fn len(&self) -> u64 {
                <[u8]>::len(self) as u64
            }

            fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
                let start = usize::try_from(offset).unwrap_or(usize::MAX);
                self.get(start..).unwrap_or_default().read(buffer)
            }

            fn in_memory(&self, offset: u64, length: usize) -> Option<Bytes> {
                let start = usize::try_from(offset).ok()?;
                let range = self.get(start..start.checked_add(length)?)?;
                Some($to_bytes(self, range))
            }
        }
    )*};
}

in_memory! {
    &'static [u8]: |_, range| Bytes::from_static(range),
    Vec<u8>: |_, range| Bytes::copy_from_slice(range),
    Arc<[u8]>: |_, range| Bytes::copy_from_slice(range),
    Bytes: Bytes::slice_ref,
}

/// What can become a [`BodySource`]: any source, and an open [`File`](std::fs::File),
/// which may turn out to have no length.
pub trait IntoBodySource {
    /// The source.
    ///
    /// # Errors
    ///
    /// Those of [`FileSource::new`](crate::FileSource::new); none for other sources.
    fn into_source(self) -> io::Result<Arc<dyn BodySource>>;
}

impl<S: BodySource> IntoBodySource for S {
    fn into_source(self) -> io::Result<Arc<dyn BodySource>> {
        Ok(Arc::new(self))
    }
}

#[cfg(any(unix, windows))]
impl IntoBodySource for File {
    fn into_source(self) -> io::Result<Arc<dyn BodySource>> {
        FileSource::new(self)?.into_source()
    }
}

/// An open file as a source. It is read by position, so its cursor does not
/// matter, and one handle serves several requests. [`MediaFile::mp3`](crate::MediaFile::mp3)
/// takes a `File` as it is; this is for where a source is wanted.
///
/// ```no_run
/// use talkspace_core::{FileSource, MediaFile};
///
/// let file = std::fs::File::open("greeting.ogg")?;
/// let greeting = MediaFile::unchecked(FileSource::new(file)?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[cfg(any(unix, windows))]
#[derive(Debug)]
pub struct FileSource {
    file: File,
    length: u64,
}

#[cfg(any(unix, windows))]
impl FileSource {
    /// A source that holds what the file holds now. If the file is cut short
    /// later, the exchange that reads it fails.
    ///
    /// # Errors
    ///
    /// The error of reading the file's length, and
    /// [`InvalidInput`](io::ErrorKind::InvalidInput) for what is not a regular
    /// file, since it has no length.
    pub fn new(file: File) -> io::Result<Self> {
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "not a regular file",
            ));
        }
        Ok(Self {
            file,
            length: metadata.len(),
        })
    }
}

#[cfg(any(unix, windows))]
impl BodySource for FileSource {
    fn len(&self) -> u64 {
        self.length
    }

    #[cfg(unix)]
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        std::os::unix::fs::FileExt::read_at(&self.file, buffer, offset)
    }

    #[cfg(windows)]
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        std::os::windows::fs::FileExt::seek_read(&self.file, buffer, offset)
    }
}
