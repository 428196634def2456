// SPDX-License-Identifier: GPL-2.0
//
// A kubelet by another gRPC: @grpc/grpc-js. It takes registrations on its
// socket, and asks a plugin on its.
'use strict';

const fs = require('fs');
const path = require('path');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const api = grpc.loadPackageDefinition(
	loader.loadSync(path.join(__dirname, 'kubelet.proto'),
		{ keepCase: true, defaults: true, longs: String })).v1beta1;

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

// Until the condition holds; its value, or what it was at last.
async function until(condition, ms = 20000) {
	const end = Date.now() + ms;
	let value;

	while (!(value = await condition()) && Date.now() < end)
		await sleep(20);
	return value;
}

class Kubelet {
	constructor(dir) {
		this.dir = dir;
		this.socket = path.join(dir, 'kubelet.sock');
		this.registrations = [];
		this.refuse = null;
	}

	// As the real one: all sockets go, and then there is its own.
	async start({ wipe = true } = {}) {
		if (wipe)
			for (const name of fs.readdirSync(this.dir))
				fs.unlinkSync(path.join(this.dir, name));
		else
			fs.rmSync(this.socket, { force: true });
		this.server = new grpc.Server();
		this.server.addService(api.Registration.service, {
			Register: (call, reply) => {
				if (this.refuse)
					return reply(this.refuse);
				this.registrations.push(call.request);
				return reply(null, {});
			},
		});
		await new Promise((done, fail) => this.server.bindAsync(
			'unix:' + this.socket,
			grpc.ServerCredentials.createInsecure(),
			(err) => err ? fail(err) : done()));
	}

	stop() {
		this.server.forceShutdown();
	}

	// The next registration after the first n.
	registered(n = 0, ms = 20000) {
		return until(() => this.registrations[n], ms);
	}
}

class Plugin {
	constructor(socket) {
		this.client = new api.DevicePlugin('unix:' + socket,
			grpc.credentials.createInsecure());
	}

	call(method, request = {}) {
		return new Promise((done) => this.client[method](request,
			{ deadline: Date.now() + 20000 },
			(err, answer) => done(err ?
				{ code: err.code, details: err.details } : answer)));
	}

	// Bytes as they are, where a message should be.
	raw(method, bytes) {
		return new Promise((done) => this.client.makeUnaryRequest(
			'/v1beta1.DevicePlugin/' + method, (x) => x, (x) => x,
			bytes, { deadline: Date.now() + 20000 },
			(err) => done(err ? err.code : 0)));
	}

	// The lists that come, newest last.
	watch() {
		const stream = this.client.ListAndWatch({});
		const watch = { lists: [], over: false, stream };

		stream.on('data', (list) => watch.lists.push(list.devices));
		stream.on('error', () => { watch.over = true; });
		stream.on('end', () => { watch.over = true; });
		watch.last = () => watch.lists[watch.lists.length - 1];
		watch.healthy = () => (watch.last() || [])
			.filter((d) => d.health === 'Healthy').length;
		return watch;
	}

	close() {
		this.client.close();
	}
}

module.exports = { Kubelet, Plugin, grpc, sleep, until };
