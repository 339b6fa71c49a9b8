/*
 * An SMSC on the package smpp, for tests: orders come in by stdin and what happens
 * goes out by stdout, one JSON object a line; tests/system/peers/driver.py names them.
 * Octets and texts are the package's business throughout, so that nothing of ours
 * judges our codec. Ends with its stdin.
 */
'use strict';

const { randomUUID } = require('crypto');
const readline = require('readline');
const smpp = require('smpp');

const UDH_CONCATENATION = { 0x00: 1, 0x08: 2 }; // element: octets of its reference
const RECEIPT = 0x04;
const STATES = { DELIVRD: 2, UNDELIV: 5 };

let session = null;
const refusals = [];
const parts = new Map();

function tell(event, fields) {
  process.stdout.write(JSON.stringify({ event, ...fields }) + '\n');
}

/** The place of a part by its header or its SAR parameters; null for a whole text. */
function placeOf(pdu, message) {
  for (const element of message.udh || []) {
    const width = UDH_CONCATENATION[element[0]];
    if (width) {
      const [total, number] = element.slice(2 + width);
      return { reference: element.readUIntBE(2, width), total, number };
    }
  }
  if (pdu.sar_total_segments) {
    return {
      reference: pdu.sar_msg_ref_num,
      total: pdu.sar_total_segments,
      number: pdu.sar_segment_seqnum,
    };
  }
  return null;
}

/** Report a whole text, once its last part is here. */
function join(pdu, text, place) {
  if (!place) {
    tell('text', { destination: pdu.destination_addr, text, parts: 1 });
    return;
  }
  const key = [pdu.destination_addr, place.reference, place.total].join();
  const found = parts.get(key) || [];
  parts.set(key, found);
  found[place.number - 1] = text;
  if (Object.keys(found).length === place.total) {
    parts.delete(key);
    const whole = found.join('');
    tell('text', { destination: pdu.destination_addr, text: whole, parts: place.total });
  }
}

function submitted(pdu) {
  const status = refusals.shift() || 0;
  const messageId = randomUUID();
  session.send(pdu.response({ command_status: status, message_id: messageId }));
  const payload = pdu.message_payload;
  const message = payload || pdu.short_message;
  const place = placeOf(pdu, message);
  tell('submit_sm', {
    source: pdu.source_addr,
    destination: pdu.destination_addr,
    dest_addr_ton: pdu.dest_addr_ton,
    dest_addr_npi: pdu.dest_addr_npi,
    esm_class: pdu.esm_class,
    registered_delivery: pdu.registered_delivery,
    data_coding: pdu.data_coding,
    text: message.message,
    payload: Boolean(payload),
    place,
    message_id: messageId,
    status,
  });
  if (!status) join(pdu, message.message, place);
}

function serve(opened) {
  opened.socket.setNoDelay(true); // else each answer waits for an acknowledgement
  opened.on('error', (error) => tell('fault', { detail: String(error) }));
  opened.on('close', () => {
    if (session === opened) session = null;
    tell('closed', {});
  });
  opened.on('bind_transceiver', (pdu) => {
    session = opened;
    opened.send(pdu.response({ system_id: 'node', sc_interface_version: 0x34 }));
    tell('bind', {
      system_id: pdu.system_id,
      password: pdu.password,
      interface_version: pdu.interface_version,
    });
  });
  opened.on('submit_sm', submitted);
  opened.on('enquire_link', (pdu) => {
    opened.send(pdu.response());
    tell('enquire_link', {});
  });
  opened.on('unbind', (pdu) => {
    opened.send(pdu.response());
    tell('unbind', {});
    opened.close();
  });
  opened.on('generic_nack', (pdu) => {
    tell('fault', { detail: `generic_nack ${pdu.command_status}` });
  });
  opened.on('unknown', (pdu) => tell('fault', { detail: `unknown ${pdu.command_id}` }));
}

/** Fields of a deliver_sm that both messages and receipts have. */
function addressed(order) {
  return {
    source_addr: order.source,
    source_addr_ton: 1,
    source_addr_npi: 1,
    destination_addr: order.destination,
    dest_addr_npi: 1,
  };
}

function deliver(order, fields) {
  session.deliver_sm({ ...addressed(order), ...fields }, (answer) => {
    tell('deliver_sm_resp', { tag: order.tag, status: answer.command_status });
  });
}

const orders = {
  deliver(order) {
    const message = { message: order.text };
    if (order.udh) message.udh = Buffer.from(order.udh, 'hex');
    const fields = {};
    // Without one the package chooses by the text.
    if (order.data_coding !== null) fields.data_coding = order.data_coding;
    fields[order.payload ? 'message_payload' : 'short_message'] = message;
    if (order.sar) {
      const [reference, total, number] = order.sar;
      fields.sar_msg_ref_num = reference;
      fields.sar_total_segments = total;
      fields.sar_segment_seqnum = number;
    }
    deliver(order, fields);
  },

  /** A receipt by parameters; its text does not hold the id. */
  receipt(order) {
    deliver(order, {
      esm_class: RECEIPT,
      receipted_message_id: order.message_id,
      message_state: STATES[order.state],
      network_error_code: Buffer.from([3, 0, 0]),
      short_message: { message: `stat:${order.state} err:000` },
    });
  },

  refuse(order) {
    refusals.push(...order.statuses);
  },

  enquire() {
    session.enquire_link((answer) => {
      tell('enquire_link_resp', { status: answer.command_status });
    });
  },

  unbind() {
    const opened = session;
    opened.unbind((answer) => {
      tell('unbind_resp', { status: answer.command_status });
      opened.close();
    });
  },
};

const server = smpp.createServer(serve);
server.listen(0, '127.0.0.1', () => {
  const library = require('smpp/package.json').version;
  tell('listening', {
    port: server.address().port,
    version: `smpp ${library}, node ${process.versions.node}`,
  });
});

const lines = readline.createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const order = JSON.parse(line);
  orders[order.do](order);
});
lines.on('close', () => process.exit(0));
