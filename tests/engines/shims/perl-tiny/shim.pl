# A shim for Perl's HTTP::Tiny: requests on stdin, outcomes on stdout, one JSON object a line.
#
# It repeats GET, HEAD, PUT, DELETE, OPTIONS and TRACE once on a connection that was closed under it, and no
# option changes that: no-retries is not claimed. Its timeout is one of silence; total_ms is kept by an alarm.

use v5.36;
use JSON::XS qw(decode_json encode_json);
use MIME::Base64 qw(decode_base64 encode_base64);
use File::Temp ();
use HTTP::Tiny ();
use Time::HiRes qw(alarm);

my @CLAIMS = qw(keep-alive tls proxy);
my $client;

sub new_client ($settings) {
    my %tls;
    if ($settings->{roots_pem}) {
        $tls{roots} = File::Temp->new;    # lives as long as the client
        $tls{roots}->print($settings->{roots_pem});
        $tls{roots}->flush;
    }
    my $client = HTTP::Tiny->new(
        max_redirect => 0,
        timeout      => 60,
        verify_SSL   => 1,
        SSL_options  => $tls{roots} ? { SSL_ca_file => $tls{roots}->filename } : {},
        # Undefined, they keep those of the environment away.
        proxy       => undef,
        http_proxy  => $settings->{proxy},
        https_proxy => $settings->{proxy},
    );
    $client->{roots} = $tls{roots};
    return $client;
}

# Strings of the protocol hold one byte in each character, as the strings of Perl do.
sub outcome ($exchange) {
    my %fields;
    for my $field ($exchange->{headers}->@*) {
        my ($name) = grep { lc eq lc $field->[0] } keys %fields;
        push $fields{ $name // $field->[0] }->@*, $field->[1];
    }
    # A list only for more than one: the engine compares some of its own as strings.
    my %options = (headers => { map { $_ => $fields{$_}->@* > 1 ? $fields{$_} : $fields{$_}[0] } keys %fields });
    $options{content} = decode_base64($exchange->{body}) if defined $exchange->{body};

    my $late = 0;
    local $SIG{ALRM} = sub { $late = 1; die "total timeout\n" };
    alarm(($exchange->{limits}{total_ms} // 60_000) / 1000);
    my $response = $client->request($exchange->{method}, $exchange->{url}, \%options);
    alarm(0);

    return { error => { message => 'total timeout', kind => 'timeout' } } if $late;
    # An error has a status of its own, beyond those of a server.
    return { error => { message => $response->{content} } } if $response->{status} == 599;
    my @received;
    for my $name (keys $response->{headers}->%*) {
        my $value = $response->{headers}{$name};
        push @received, map { [ $name, $_ ] } ref $value ? @$value : $value;
    }
    my $content = encode_base64($response->{content} // '', '');
    return { response => { status => $response->{status} + 0, headers => \@received, body => $content } };
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
        respond({ hello => { protocol => 1, name => 'HTTP::Tiny', version => $HTTP::Tiny::VERSION, language => 'Perl', claims => \@CLAIMS } });
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
