#!/usr/bin/perl
# An SMSC on Net::SMPP, for tests: orders come in by stdin and what happens goes out
# by stdout, one JSON object a line; tests/system/peers/driver.py names them. PDUs are
# the module's business and texts that of Perl's Encode, so that nothing of ours
# judges our codec. Ends with its stdin.

use strict;
use warnings;

use Encode qw(decode encode);
use IO::Select;
use JSON::PP;
use Net::SMPP;

use constant {
    SUBMIT_SM            => 0x00000004,
    DELIVER_SM_RESP      => 0x80000005,
    UNBIND               => 0x00000006,
    UNBIND_RESP          => 0x80000006,
    BIND_TRANSCEIVER     => 0x00000009,
    ENQUIRE_LINK         => 0x00000015,
    ENQUIRE_LINK_RESP    => 0x80000015,
    INTERNATIONAL        => 1,
    E164                 => 1,
    UDHI                 => 0x40,
    RECEIPT              => 0x04,
};
my %ENCODINGS = (0 => 'gsm0338', 3 => 'iso-8859-1', 8 => 'UTF-16BE');

my $json = JSON::PP->new->utf8->canonical;
my $last_id = 0x0001_E240;
my (@refusals, %parts, %tags, $session);

sub tell_test {
    my ($event, %fields) = @_;
    syswrite STDOUT, $json->encode({ event => $event, %fields }) . "\n";
}

# Header element of a concatenation: reference, total, number; nothing if there is none.
sub place_of {
    my ($pdu, $header) = @_;
    while (length $header) {
        my ($kind, $value, $rest) = unpack 'C C/a a*', $header;
        my ($reference, $total, $number)
            = $kind == 0x00 ? unpack('C C C', $value)
            : $kind == 0x08 ? unpack('n C C', $value)
            :                 ();
        return { reference => $reference, total => $total, number => $number }
            if defined $reference;
        $header = $rest;
    }
    return undef if !defined $pdu->{sar_total_segments};
    return {
        reference => unpack('n', $pdu->{sar_msg_ref_num}),
        total     => unpack('C', $pdu->{sar_total_segments}),
        number    => unpack('C', $pdu->{sar_segment_seqnum}),
    };
}

# Report a whole text, once its last part is here.
sub join_parts {
    my ($pdu, $text, $place) = @_;
    my @whole = ($text);
    if ($place) {
        my $key = join ',', $pdu->{destination_addr}, @$place{qw(reference total)};
        $parts{$key}{ $place->{number} } = $text;
        return if keys %{ $parts{$key} } < $place->{total};
        my $found = delete $parts{$key};
        @whole = map { $found->{$_} } sort { $a <=> $b } keys %$found;
    }
    tell_test('text', destination => $pdu->{destination_addr},
        text => join('', @whole), parts => scalar @whole);
}

sub submitted {
    my ($pdu) = @_;
    my $status = shift @refusals // 0;
    my $id = sprintf '%X', ++$last_id;
    $session->submit_sm_resp(seq => $pdu->{seq}, status => $status,
        message_id => $status ? '' : $id);
    my $octets = $pdu->{message_payload} // $pdu->{short_message};
    my $header = '';
    ($header, $octets) = unpack 'C/a a*', $octets if $pdu->{esm_class} & UDHI;
    my $place = place_of($pdu, $header);
    my $text = decode($ENCODINGS{ $pdu->{data_coding} }, $octets);
    tell_test('submit_sm',
        source => $pdu->{source_addr},
        destination => $pdu->{destination_addr},
        (map { $_ => $pdu->{$_} }
            qw(dest_addr_ton dest_addr_npi esm_class registered_delivery data_coding)),
        text => $text,
        payload => defined $pdu->{message_payload} ? JSON::PP::true : JSON::PP::false,
        place => $place,
        message_id => $id,
        status => $status,
    );
    join_parts($pdu, $text, $place) if !$status;
}

my %TAKEN = (
    BIND_TRANSCEIVER() => sub {
        my ($pdu) = @_;
        $session->bind_transceiver_resp(seq => $pdu->{seq}, system_id => 'perl');
        tell_test('bind',
            map { $_ => $pdu->{$_} } qw(system_id password interface_version));
    },
    SUBMIT_SM() => \&submitted,
    DELIVER_SM_RESP() => sub {
        my ($pdu) = @_;
        tell_test('deliver_sm_resp',
            tag => delete $tags{ $pdu->{seq} }, status => $pdu->{status});
    },
    ENQUIRE_LINK() => sub {
        my ($pdu) = @_;
        $session->enquire_link_resp(seq => $pdu->{seq});
        tell_test('enquire_link');
    },
    ENQUIRE_LINK_RESP() => sub {
        my ($pdu) = @_;
        tell_test('enquire_link_resp', status => $pdu->{status});
    },
    UNBIND() => sub {
        my ($pdu) = @_;
        $session->unbind_resp(seq => $pdu->{seq});
        tell_test('unbind');
    },
    UNBIND_RESP() => sub {
        my ($pdu) = @_;
        tell_test('unbind_resp', status => $pdu->{status});
        hang_up();
    },
);

sub deliver {
    my ($order, %fields) = @_;
    my $sequence = $session->deliver_sm(
        async => 1,
        source_addr => $order->{source},
        source_addr_ton => INTERNATIONAL,
        source_addr_npi => E164,
        destination_addr => $order->{destination},
        dest_addr_ton => 0,
        dest_addr_npi => E164,
        %fields,
    );
    $tags{$sequence} = $order->{tag};
}

my %ORDERS = (
    deliver => sub {
        my ($order) = @_;
        my $data_coding = $order->{data_coding} // 0;
        my $octets = encode($ENCODINGS{$data_coding}, $order->{text});
        my %fields = (data_coding => $data_coding);
        if ($order->{udh}) {
            $octets = pack('H*', $order->{udh}) . $octets;
            $fields{esm_class} = UDHI;
        }
        if ($order->{sar}) {
            my ($reference, $total, $number) = @{ $order->{sar} };
            $fields{sar_msg_ref_num} = pack 'n', $reference;
            $fields{sar_total_segments} = pack 'C', $total;
            $fields{sar_segment_seqnum} = pack 'C', $number;
        }
        $fields{ $order->{payload} ? 'message_payload' : 'short_message' } = $octets;
        deliver($order, %fields);
    },

    # A receipt by its text alone: the id was hexadecimal in the response and is
    # decimal with leading zeros here, as at many carriers.
    receipt => sub {
        my ($order) = @_;
        my $text = sprintf 'id:%010d sub:001 dlvrd:%03d submit date:0804271200 '
            . 'done date:0804271201 stat:%s err:000 text:...',
            hex $order->{message_id}, $order->{state} eq 'DELIVRD', $order->{state};
        deliver($order, esm_class => RECEIPT, short_message => $text);
    },

    refuse => sub { push @refusals, @{ $_[0]{statuses} } },
    enquire => sub { $session->enquire_link(async => 1) },
    unbind => sub { $session->unbind(async => 1) },
);

my $listener = Net::SMPP->new_listen('127.0.0.1', port => 0, smpp_version => 0x34)
    or die "cannot listen: $!";
my $waiting = IO::Select->new($listener, \*STDIN);

sub hang_up {
    $waiting->remove($session);
    $session->close;
    undef $session;
    tell_test('closed');
}

my $typed = '';

sub take_orders {
    sysread(STDIN, $typed, 65536, length $typed) or exit 0;
    while ($typed =~ s/^(.*)\n//) {
        my $order = $json->decode($1);
        $ORDERS{ $order->{do} }->($order);
    }
}

sub take_pdu {
    my $pdu = $session->read_pdu;
    return hang_up() if !$pdu;
    my $taken = $TAKEN{ $pdu->{cmd} };
    return $taken->($pdu) if $taken;
    tell_test('fault', detail => $pdu->explain_cmd . " $pdu->{status}");
}

tell_test('listening', port => $listener->sockport,
    version => "Net::SMPP $Net::SMPP::VERSION, perl $^V");
while (1) {
    for my $ready ($waiting->can_read) {
        if ($ready == $listener) {
            $session = $listener->accept or next;
            $waiting->add($session);
        }
        elsif ($ready == \*STDIN) {
            take_orders();
        }
        elsif ($session && $ready == $session) {
            take_pdu();
        }
    }
}
