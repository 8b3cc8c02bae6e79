# Stands in for Apache's test framework, so that t/apache/http_strict.t runs against any server: prints one JSON object for
# each case of its strict column.
package Apache::Test;
use strict;
use warnings;
use Exporter 'import';
our @EXPORT = qw(plan ok skip have_module have_cgi need_min_apache_version);
our ($vhost, $request) = ('', '');

sub plan { }
sub have_module { 0 }
sub have_cgi { 0 }
# Underscores in names are expected of the server; folded fields of a CGI script are not.
sub need_min_apache_version { $_[0] ne '2.4.26' }
sub skip { }

sub ok {
    return if $vhost ne 'http_strict';
    my $name = $request;
    $name =~ s/([\x00-\x1f"\\\x7f-\xff])/sprintf('\\u%04x', ord $1)/ge;
    printf qq({"name":"%s","isPassed":%s,"answer":"%s"}\n), $name, ($_[0] ? 'true' : 'false'), $Apache::TestRequest::answer;
}
1;
