# The module of nginx-tests, but for the program that it starts: webserver, on the files that a test writes. Run in the suite's folder.
package Test::Nginx;
use strict;
use warnings;
no warnings qw(redefine prototype);
BEGIN { require './lib/Test/Nginx.pm' }
our $NGINX;
my $port;

sub has { $_[0] }
sub plan { Test::More::plan(tests => $_[1]); $_[0] }
sub write_file_expand { $_[0] }
sub port { $port }

sub run {
    my ($self) = @_;
    $self->write_file('index.html', '<!doctype html>');
    # The date of a publication is that of no other one of the same machine.
    local $ENV{XDG_STATE_HOME} = $self->{_state} = File::Temp::tempdir();
    $self->{_server} = open(my $lines, '-|', "exec '$NGINX' 0 '$self->{_testdir}' --host 127.0.0.1 --log off 2>&1") or die $!;
    while (!$port) { ($port) = (<$lines> // die 'no address') =~ m{http://.*:(\d+)} }
    $self->{_lines} = $lines;
    return $self;
}

sub DESTROY {
    my ($self) = @_;
    local $?;
    kill TERM => $self->{_server};
    close $self->{_lines};
    File::Path::rmtree([$self->{_testdir}, $self->{_state}]);
}

# The tests look for names of fields as nginx writes them; their case does not matter (RFC 9110, 5.1).
my $end = \&http_end;
*http_end = sub {
    my $reply = $end->(@_) // return undef;
    $reply =~ s{^([a-z-]+)(?=:)}{$1 eq 'etag' ? 'ETag' : join '-', map { ucfirst } split /-/, $1}gem;
    return $reply;
};
1;
