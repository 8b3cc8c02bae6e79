# Connects to the server at the port in PORT, and remembers what was sent and answered.
package Apache::TestRequest;
use strict;
use warnings;
use IO::Socket::INET;
use Exporter 'import';
our @EXPORT = qw(GET);
our $answer = '';

sub GET { die 'not asked for' }

sub vhost_socket {
    $Apache::Test::vhost = $_[0];
    # Its lenient column is for Apache alone.
    return undef if $_[0] ne 'http_strict';
    $answer = 'close';
    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $ENV{PORT}, Timeout => 5) or return undef;
    return bless { socket => $socket }, 'Apache::TestRequest::Stream';
}

package Apache::TestRequest::Stream;
sub print { my ($self, $bytes) = @_; $Apache::Test::request = $bytes; $self->{socket}->print($bytes); $self->{socket}->flush }
sub shutdown { $_[0]{socket}->shutdown($_[1]) }

sub read {
    my $count = $_[0]{socket}->read($_[1], $_[2]);
    $answer = $1 if ($_[1] // '') =~ m{^HTTP/\S+ (\d+)};
    return $count // 0;
}
1;
