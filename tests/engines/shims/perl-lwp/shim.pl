# A shim for Perl's LWP::UserAgent: requests on stdin, outcomes on stdout, one JSON object a line.
#
# The timeout of LWP is one of silence; total_ms is kept by an alarm around it.

use v5.36;
use JSON::XS qw(decode_json encode_json);
use MIME::Base64 qw(decode_base64 encode_base64);
use File::Temp ();
use HTTP::Request ();
use LWP::UserAgent ();
use Time::HiRes qw(alarm);

my @CLAIMS = qw(keep-alive tls proxy no-retries);
my $client;

sub new_client ($settings) {
    my $agent = LWP::UserAgent->new(
        keep_alive => 8,
        env_proxy  => 0,
        parse_head => 0,    # no header fields out of HTML
        send_te    => 0,    # no coding of the transfer but chunked
        timeout    => 60,
    );
    if ($settings->{roots_pem}) {
        $agent->{roots} = File::Temp->new;    # lives as long as the agent
        $agent->{roots}->print($settings->{roots_pem});
        $agent->{roots}->flush;
        $agent->ssl_opts(SSL_ca_file => $agent->{roots}->filename);
    }
    $agent->proxy([qw(http https)], $settings->{proxy}) if $settings->{proxy};
    return $agent;
}

# Strings of the protocol hold one byte in each character, as the strings of Perl do.
sub outcome ($exchange) {
    my @fields  = map { @$_ } $exchange->{headers}->@*;
    my $body    = defined $exchange->{body} ? decode_base64($exchange->{body}) : undef;
    my $request = HTTP::Request->new($exchange->{method}, $exchange->{url}, \@fields, $body);

    my $late = 0;
    local $SIG{ALRM} = sub { $late = 1; die "total timeout\n" };
    alarm(($exchange->{limits}{total_ms} // 60_000) / 1000);
    my $response = $client->simple_request($request);    # follows no redirects
    alarm(0);

    return { error => { message => 'total timeout', kind => 'timeout' } } if $late;
    # LWP makes a response of an error too, and marks it.
    if (($response->header('Client-Warning') // '') eq 'Internal response') {
        return { error => { message => $response->message } };
    }
    for my $mark (qw(X-Died Client-Aborted)) {
        my $why = $response->header($mark);
        return { error => { message => "the body is not whole: $why" } } if defined $why;
    }
    my @received;
    $response->headers->scan(sub ($name, $value) { push @received, [ $name, $value ] if $name !~ /^Client-/ });
    my $content = encode_base64($response->content, '');
    return { response => { status => $response->code + 0, headers => \@received, body => $content } };
}

$| = 1;
sub respond ($line) { say encode_json($line) }

$client = new_client({});
while (my $line = <STDIN>) {
    my $message = eval { decode_json($line) } // do {
        print STDERR "shim: not a line of the protocol: $@";
        exit 2;
    };
    my $id = $message->{id};
    if ($message->{hello}) {
        respond({ hello => { protocol => 1, name => 'LWP', version => $LWP::UserAgent::VERSION, language => 'Perl', claims => \@CLAIMS } });
    }
    elsif ($message->{client}) {
        $client = new_client($message->{client});
        respond({ id => $id, ok => {} });
    }
    elsif ($message->{send}) {
        my $outcome = eval { outcome($message->{send}) } // { error => { message => "$@" } };
        respond({ id => $id, %$outcome });
    }
}
