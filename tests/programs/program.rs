//! An example as a process: this program again, which is told its name.

use std::env;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use talkspace_sandbox::{SandboxBuilder, Server};

/// Names the example that a process is.
pub(crate) const NAME: &str = "TALKSPACE_TEST_IN_CHILD";
pub(crate) const KEY: &str = SandboxBuilder::EXAMPLE_APP_KEY;

pub(crate) struct Program(Child);

impl Program {
    /// Starts an example that talks to this sandbox.
    pub(crate) fn start(name: &str, arguments: &[&str], server: &Server) -> Self {
        let mut command = Command::new(env::current_exe().unwrap());
        command.args(arguments).envs([
            (NAME, name),
            ("TALKSPACE_BASE_URL", &server.url()),
            ("TALKSPACE_APP_KEY", KEY),
        ]);
        let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        Self(command.spawn().unwrap())
    }

    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }

    /// The next line that it prints.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        // One at a time: what is read ahead would be lost.
        let out = self.0.stdout.as_mut().unwrap();
        BufReader::with_capacity(1, out)
            .read_line(&mut line)
            .unwrap();
        line.trim_end().to_owned()
    }

    /// Its exit code and all that it prints, in which the key is not.
    pub(crate) fn end(mut self) -> (i32, String) {
        let child = &mut self.0;
        let (mut out, mut err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let reader = std::thread::spawn(move || std::io::read_to_string(&mut err).unwrap());
        let out = std::io::read_to_string(&mut out).unwrap();
        let told = out + &reader.join().unwrap();
        assert!(!told.contains(KEY), "{told}");
        (child.wait().unwrap().code().unwrap(), told)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs an example that is to end well, and gives what it prints.
pub(crate) fn run(name: &str, arguments: &[&str], server: &Server) -> String {
    let (code, told) = Program::start(name, arguments, server).end();
    assert_eq!(code, 0, "{told}");
    told
}
