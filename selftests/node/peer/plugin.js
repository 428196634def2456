// SPDX-License-Identifier: GPL-2.0
//
// vgpu-device-plugin against a kubelet by another gRPC.
//
//	node plugin.js PROGRAM FAKEVGPU.so WORKDIR
'use strict';

const fs = require('fs');
const path = require('path');
const { spawn, spawnSync } = require('child_process');
const { Kubelet, Plugin, grpc, sleep, until } = require('./kubelet.js');
const { ok, is, done } = require('./tap.js');

const [program, fake, work] = process.argv.slice(2);
const MI = 1 << 20;
const GI = 1 << 30;
const CARD = `card0 ${GI} card0 renderD128`;
const SECOND = `pci:0000:02:00.0 ${2 * GI} renderD129`;
const UUID = 'GPU-ec8d6047-1c2b-4d39-9f31-6a1f6f5f2d10';
const NVIDIA = `pci:0000:03:00.0 ${GI} ${UUID} nvidia0`;
const E = grpc.status;

const dir = path.join(work, 'kubelet');
const dev = path.join(work, 'dev');
const table = path.join(work, 'vgpu', 'devices');
const running = new Set();

// The devices of the host, or none: the module is not loaded.
function devices(...lines) {
	if (!lines.length)
		return fs.rmSync(table, { force: true });
	fs.writeFileSync(table + '.new', lines.join('\n') + '\n');
	return fs.renameSync(table + '.new', table);
}

function start(args = [], env = {}) {
	const child = spawn(program, ['--socket-dir', dir, '--dev', dev,
		'--poll', '1', ...args], {
		env: { ...process.env, LD_PRELOAD: fake, FAKEVGPU: table, ...env },
		stdio: ['ignore', 'ignore', 'pipe'],
	});

	child.log = '';
	child.stderr.on('data', (text) => { child.log += text; });
	child.over = new Promise((over) => child.on('exit',
		(code, signal) => { running.delete(child); over(signal || code); }));
	running.add(child);
	return child;
}

async function stop(child, signal = 'SIGTERM') {
	child.kill(signal);
	return child.over;
}

// A kubelet and a plugin with these options and devices, for the length of fn.
async function together(args, lines, fn, env = {}) {
	const kubelet = new Kubelet(dir);
	let child, plugin;

	devices(...lines);
	await kubelet.start();
	child = start(args, env);
	const registration = await kubelet.registered();
	if (ok(registration, `registered: ${args.join(' ') || 'no options'}`)) {
		plugin = new Plugin(path.join(dir, registration.endpoint));
		await fn({ kubelet, child, plugin, registration });
		plugin.close();
	} else {
		console.log('# ' + child.log.replace(/\n/g, '\n# '));
	}
	is(await stop(child), 0, 'it leaves when asked to');
	kubelet.stop();
}

const ids = (name, ...numbers) => numbers.map((n) => `${name}-${n}`);
const request = (...lists) => ({
	container_requests: lists.map((list) => ({ devicesIDs: list })),
});
const range = (n) => [...Array(n).keys()];

async function registers() {
	await together([], [CARD, SECOND], async ({ child, plugin, registration }) => {
		is(registration.version, 'v1beta1', 'its version');
		is(registration.resource_name, 'vgpu.io/memory-256Mi', 'its resource');
		is(registration.endpoint, 'vgpu-vgpu.io_memory-256Mi.sock',
			'its socket');
		is(registration.options, { pre_start_required: false,
			get_preferred_allocation_available: true }, 'its options');
		is(await plugin.call('GetDevicePluginOptions'), registration.options,
			'the same when asked');

		const status = fs.readFileSync(`/proc/${child.pid}/status`, 'utf8');
		const mode = fs.statSync(path.join(dir, registration.endpoint)).mode;
		for (const set of ['CapEff', 'CapPrm', 'CapInh'])
			ok(new RegExp(`${set}:\\s*0{16}\n`).test(status),
				`no capability in ${set}`);
		ok(/NoNewPrivs:\s*1\n/.test(status), 'and none to come');
		is((mode & 0o777).toString(8), '600', 'its socket is for root');
	});
}

async function watches() {
	await together([], [CARD, SECOND], async ({ plugin }) => {
		const watch = plugin.watch();

		await until(() => watch.last());
		is(watch.last().map((d) => d.ID),
			[...ids('card0', ...range(4)), ...ids('pci:0000:02:00.0', ...range(8))],
			'1 GiB has 4 units and 2 GiB have 8');
		is(watch.healthy(), 12, 'all are healthy');

		devices(SECOND);
		ok(await until(() => watch.healthy() === 8), 'a device goes');
		is(watch.last().filter((d) => d.health === 'Unhealthy').map((d) => d.ID),
			ids('card0', ...range(4)), 'its units, and no other, are unhealthy');
		is((await plugin.call('Allocate', request(ids('card0', 1)))).code,
			E.FAILED_PRECONDITION, 'and nobody gets them');
		is((await plugin.call('PreStartContainer',
			{ devicesIDs: ids('card0', 1) })).code,
			E.FAILED_PRECONDITION, 'nor starts with them');
		devices(CARD, '-' + SECOND);
		ok(await until(() => watch.healthy() === 4),
			'it comes back, and one that only a quota names is none');

		devices();
		ok(await until(() => watch.healthy() === 0 && watch.last().length === 12),
			'without the module none is healthy');
		is((await plugin.call('Allocate', request(ids('card0', 1)))).code,
			E.FAILED_PRECONDITION, 'and nobody gets any');
		devices(CARD, SECOND, `late ${GI} renderD130`);
		ok(await until(() => watch.healthy() === 16),
			'the module comes back, with one more device');
		ok(!watch.over, 'all that on one stream');
	});
	await together([], [CARD], async ({ child, plugin }) => {
		const watch = plugin.watch();

		ok(await until(() => watch.healthy() === 4), 'the list without events');
		devices(CARD, SECOND);
		ok(await until(() => watch.healthy() === 12), 'it looks by itself');
		ok(/without events/.test(child.log), 'and says so');
	}, { FAKEVGPU_DEAF: '1' });
}

async function allocates() {
	await together([], [CARD, SECOND, NVIDIA], async ({ plugin }) => {
		let answer = await plugin.call('Allocate', request(ids('card0', 0, 3)));

		is(answer.container_responses, [{
			envs: {},
			mounts: [],
			devices: [{ container_path: '/dev/dri/renderD128',
				host_path: '/dev/dri/renderD128', permissions: 'rw' }],
			annotations: { 'io.vgpu.devices': 'card0',
				'io.vgpu.memory': String(512 * MI) },
			cdi_devices: [],
		}], 'two units: 512 MiB, the render node alone, nothing in the environment');

		answer = await plugin.call('Allocate', request(
			ids('pci:0000:02:00.0', 7, 0, 1), ids('card0', 0)));
		is(answer.container_responses.map((r) => r.annotations), [
			{ 'io.vgpu.devices': 'pci:0000:02:00.0',
				'io.vgpu.memory': String(768 * MI) },
			{ 'io.vgpu.devices': 'card0',
				'io.vgpu.memory': String(256 * MI) },
		], 'two containers, each of its device');
		answer = await plugin.call('Allocate', request(
			[...ids('pci:0000:02:00.0', 7), ...ids('card0', 0)]));
		is(answer, { code: E.FAILED_PRECONDITION, details: 'units of ' +
			'pci:0000:02:00.0 and card0 for one container, which gets those ' +
			'of one device' }, 'no container of two devices');

		answer = await plugin.call('Allocate', request(ids('pci:0000:03:00.0', 2)));
		is(answer.container_responses[0].envs,
			{ NVIDIA_VISIBLE_DEVICES: UUID }, "NVIDIA's runtime is told the UUID");
		is(answer.container_responses[0].devices.map((d) => d.host_path),
			['/dev/nvidia0', '/dev/nvidiactl'], 'with the nodes that exist');
		is(await plugin.call('PreStartContainer',
			{ devicesIDs: ids('card0', 0) }), {}, 'a container may start');
	});
	await together(['--shares', '8', '--compute', '--cdi', 'nvidia.com/gpu',
		'--no-nodes', '--reserve', '24Mi', '--device', UUID, '--device',
		'card0=536870912'], [CARD, SECOND, NVIDIA],
	async ({ plugin, registration }) => {
		const watch = plugin.watch();
		const share = Math.floor(1000 * MI / 8 / 4096) * 4096;

		await until(() => watch.last());
		is(registration.resource_name, 'vgpu.io/share', 'another resource');
		is(watch.last().map((d) => d.ID), [...ids('card0', ...range(8)),
			...ids('pci:0000:03:00.0', ...range(8))], 'only what was named');
		is((await plugin.call('Allocate', request(
			ids('pci:0000:03:00.0', 1, 2, 3)))).container_responses, [{
			envs: {}, mounts: [], devices: [],
			annotations: { 'io.vgpu.devices': 'pci:0000:03:00.0',
				'io.vgpu.memory': String(3 * share),
				'io.vgpu.compute': '37.50' },
			cdi_devices: [{ name: `nvidia.com/gpu=${UUID}` }],
		}], 'three of eight shares: their memory, 37.5 % of the time, by CDI');
		is((await plugin.call('Allocate', request(
			ids('card0', 0)))).container_responses[0].annotations,
		{ 'io.vgpu.devices': 'card0', 'io.vgpu.memory': String(61 * MI),
			'io.vgpu.compute': '12.50' },
		'a device of which 512 MiB are shared');
	});
}

async function parts() {
	const part = `pci:0000:03:00.0/gi1 ${GI}`;

	await together([], [NVIDIA, part], async ({ plugin }) => {
		const watch = plugin.watch();

		await until(() => watch.last());
		ok(watch.last().every((d) => !d.ID.includes('/')),
			'a part of a device is not shared beside the whole');
	});
	await together(['--device', 'pci:0000:03:00.0/gi1'], [NVIDIA, part],
		async ({ plugin }) => {
			const watch = plugin.watch();

			await until(() => watch.last());
			is(watch.last().map((d) => d.ID),
				ids('pci:0000:03:00.0/gi1', ...range(4)),
				'but it is when it is named');
		});
}

// NVIDIA's driver tells of the node, and of the rest from the first use on.
async function unopened() {
	const idle = 'pci:0000:03:00.0 0 nvidia0';

	await together(['--device', 'nvidia0=1073741824'], [idle],
		async ({ plugin }) => {
			const watch = plugin.watch();

			await until(() => watch.last());
			is((await plugin.call('Allocate', request(
				ids('pci:0000:03:00.0', 0)))).container_responses[0]
				.devices.map((d) => d.host_path),
			['/dev/nvidia0', '/dev/nvidiactl'],
			'a GPU that nobody opened yet is had by its node');
		});
}

async function prefers() {
	await together([], [CARD, SECOND], async ({ plugin }) => {
		const first = ids('card0', ...range(4));
		const second = ids('pci:0000:02:00.0', ...range(8));
		const prefer = async (available, must, size) => {
			const answer = await plugin.call('GetPreferredAllocation', {
				container_requests: [{ available_deviceIDs: available,
					must_include_deviceIDs: must, allocation_size: size }],
			});

			return answer.code || answer.container_responses[0].deviceIDs;
		};

		is(await prefer([...second, ...first], [], 2), first.slice(0, 2),
			'of the device that has the fewest left');
		is(await prefer([...first, ...second], [], 5), second.slice(0, 5),
			'of the one that has enough');
		is(await prefer([...first, ...second], [second[6]], 3),
			[second[6], second[0], second[1]], 'beside what must be included');
		is(await prefer([...first, ...second], [], 10),
			E.FAILED_PRECONDITION, 'none where no device has enough');
		is(await prefer([...first, ...second], [first[3]], 5),
			E.FAILED_PRECONDITION, 'nor where that of the included has not');
		is(await prefer([...first, ...second], [first[0], second[0]], 3),
			E.INVALID_ARGUMENT, 'nor can they be of two');
		is(await prefer(first, [], 5), E.INVALID_ARGUMENT, 'more than there are');
		is(await prefer(first, [], 0), E.INVALID_ARGUMENT, 'none');
		is(await prefer(first, [], -1), E.INVALID_ARGUMENT, 'less than none');
		is(await prefer(first, [second[0]], 2), E.INVALID_ARGUMENT,
			'what must be included is not available');
		is(await prefer(first, [first[0], first[0]], 2), E.INVALID_ARGUMENT,
			'nor can it be twice');
		is(await prefer([first[0], first[0]], [], 1), E.INVALID_ARGUMENT,
			'a unit that is available twice');
		is(await prefer(['card0-9'], [], 1), E.NOT_FOUND, 'one that is not there');
	});
}

// What is malformed is refused, each with its reason, and does no harm.
async function refuses() {
	await together([], [CARD], async ({ child, plugin }) => {
		const allocate = async (...lists) =>
			(await plugin.call('Allocate', request(...lists))).code;

		for (const id of ['card0-4', 'card0-00', 'card0-', '-0', 'card1-0', '',
			'card0', 'card0-1x', 'card0-18446744073709551616', 'x'.repeat(70)])
			is(await allocate([id]), E.NOT_FOUND, `no unit: "${id.slice(0, 30)}"`);
		is(await allocate(ids('card0', 1, 1)), E.INVALID_ARGUMENT, 'a unit twice');
		is(await allocate(ids('card0', 1), ids('card0', 1)), E.INVALID_ARGUMENT,
			'a unit for two containers');
		is(await allocate([]), E.INVALID_ARGUMENT, 'no unit');
		is(await allocate(...range(65).map(() => ids('card0', 0))),
			E.RESOURCE_EXHAUSTED, 'too many containers');
		for (const method of ['Allocate', 'GetPreferredAllocation',
			'PreStartContainer']) {
			for (const bytes of ['0a', '0aff', '0a03ffff', '0b',
				'ffffffffffffffffffffff'])
				is(await plugin.raw(method, Buffer.from(bytes, 'hex')),
					E.INVALID_ARGUMENT, `${method} of the bytes ${bytes}`);
		}
		is(await plugin.raw('Allocate', Buffer.alloc(5 * MI)),
			E.RESOURCE_EXHAUSTED, 'a message of 5 MiB');
		is((await plugin.call('Unheard')).code, E.UNIMPLEMENTED,
			'a method that there is not');
		is(await plugin.raw('../Registration/Register', Buffer.alloc(0)),
			E.UNIMPLEMENTED, 'a service that there is not');
		is((await plugin.call('Allocate', request(ids('card0', 0))))
			.container_responses.length, 1, 'and then it still answers');
		ok(/refused a call of the kubelet: card0-4: no such unit\n/.test(child.log),
			'the log says why');
	});
}

// Calls that come and go leave nothing behind.
async function endures() {
	const rss = (child) => Number(/VmRSS:\s*(\d+)/.exec(
		fs.readFileSync(`/proc/${child.pid}/status`, 'utf8'))[1]);

	await together([], [`card0 ${64 * GI} renderD128`], async ({ child, plugin }) => {
		const round = async () => {
			const watch = plugin.watch();

			await until(() => watch.last());
			watch.stream.cancel();
			await plugin.call('Allocate', request(ids('card0', ...range(256))));
		};
		let before;

		for (const i of range(600)) {
			if (i === 200)
				before = rss(child);
			await round();
		}
		console.log(`# ${before} KiB after 200 rounds, ${rss(child)} after 600`);
		ok(rss(child) < before + 1024, '400 more rounds take no more memory');
		const streams = range(40).map(() => plugin.watch());
		ok(await until(() => streams.every((s) => s.healthy() === 256)),
			'40 watch at once');
		devices(CARD);
		ok(await until(() => streams.every((s) => s.last().length === 4)),
			'and all are told of another size');
	});
}

async function restarts() {
	await together([], [CARD], async ({ kubelet, child, plugin, registration }) => {
		let n = kubelet.registrations.length;

		kubelet.stop();
		await kubelet.start();
		ok(await kubelet.registered(n), 'the kubelet starts anew and wipes all');
		const again = new Plugin(path.join(dir, registration.endpoint));
		const watch = again.watch();
		ok(await until(() => watch.healthy() === 4), 'it can watch again');

		n = kubelet.registrations.length;
		kubelet.stop();
		await kubelet.start({ wipe: false });
		ok(await kubelet.registered(n), 'it starts anew and leaves our socket');
		ok(!watch.over, 'whose streams go on');

		n = kubelet.registrations.length;
		watch.stream.cancel();
		ok(await kubelet.registered(n), 'it forgets us without a word');
		again.close();

		n = kubelet.registrations.length;
		kubelet.stop();
		kubelet.refuse = { code: E.UNAVAILABLE, details: 'not yet' };
		await kubelet.start();
		ok(await until(() => /does not take .*: not yet/.test(child.log)),
			'it refuses us, which the log says');
		kubelet.refuse = null;
		ok(await kubelet.registered(n), 'and takes us at another try');

		n = kubelet.registrations.length;
		kubelet.stop();
		fs.renameSync(dir, dir + '.gone');
		ok(await until(() => child.log.includes('is gone')), 'its directory goes');
		fs.mkdirSync(dir);
		await kubelet.start();
		ok(await kubelet.registered(n), 'and comes back');
		const last = new Plugin(path.join(dir, registration.endpoint));
		is((await last.call('Allocate', request(ids('card0', 2))))
			.container_responses.length, 1, 'after all that it answers');
		last.close();
		plugin.close();
	});
	// The plugin dies, and another one takes its place.
	const kubelet = new Kubelet(dir);
	await kubelet.start();
	let child = start();
	const first = await kubelet.registered();
	is(await stop(child, 'SIGKILL'), 'SIGKILL', 'the plugin is killed');
	ok(fs.existsSync(path.join(dir, first.endpoint)), 'its socket stays');
	child = start();
	ok(await kubelet.registered(1), 'another one registers');
	const plugin = new Plugin(path.join(dir, first.endpoint));
	const watch = plugin.watch();
	ok(await until(() => watch.healthy() === 4), 'and is watched');
	is(await stop(child), 0, 'it leaves when asked to');
	ok(await until(() => watch.over), 'which ends the stream');
	ok(!fs.existsSync(path.join(dir, first.endpoint)), 'and takes its socket along');
	plugin.close();
	kubelet.stop();
	// No kubelet yet.
	fs.rmSync(kubelet.socket, { force: true });
	child = start();
	await sleep(300);
	const n = kubelet.registrations.length;
	await kubelet.start();
	ok(await kubelet.registered(n), 'it waits for a kubelet');
	await stop(child);
	kubelet.stop();
}

// Devices that cannot be shared are left out with a line, and no other is.
async function leavesOut() {
	const long = 'n'.repeat(58);

	await together(['--compute', '--unit', '256Mi', '--device', CARD.split(' ')[0],
		'--device', 'silent', '--device', 'tiny', '--device', long,
		'--device', 'huge', '--resource', 'example.com/gpu'],
	[CARD, 'silent 0 card1', `tiny ${MI} card2`, `${long} ${GI} card3`,
		`huge ${3000 * GI} card4`],
	async ({ child, plugin, registration }) => {
		const watch = plugin.watch();

		await until(() => watch.last());
		await sleep(2500);
		is(registration.resource_name, 'example.com/gpu', 'a name of one\'s own');
		is(watch.last().map((d) => d.ID), ids('card0', ...range(4)), 'one is shared');
		is(child.log.match(/left out/g).length, 4, 'four are left out, said once');
		ok(/silent is left out: .*does not say.*--device silent=SIZE/
			.test(child.log), 'one says what to do');
	});
}

function options() {
	const wrong = [['--unit', '0'], ['--unit', '1Ki'], ['--unit', 'x'],
		['--unit', '50%'], ['--unit', 'max'], ['--unit', '512Mi'],
		['--shares', '0'], ['--shares', '1001'], ['--shares', '-1'],
		['--unit', '256Mi', '--shares', '4'],
		['--resource', 'gpu'], ['--resource', '/gpu'], ['--resource', 'a/b/c'],
		['--resource', '-a/b'], ['--resource', 'a/' + 'b'.repeat(64)],
		['--cdi', 'gpu'], ['--device', ''], ['--device', 'a='],
		['--device', 'a=0'], ['--poll', '0'], ['--poll', '1e3'],
		['--socket-dir', '/' + 'd'.repeat(100)], ['--frob'], ['frob'],
		['--unit']];

	for (const args of wrong) {
		const run = spawnSync(program, args, { encoding: 'utf8' });

		ok(run.status === 2 && !run.stdout &&
			/^vgpu-device-plugin: [^\n]+\n$/.test(run.stderr),
		`refused in one line: ${args.join(' ').slice(0, 50)}`);
	}
	for (const args of [['--help'], ['--version']]) {
		const run = spawnSync(program, args, { encoding: 'utf8' });

		ok(run.status === 0 && run.stdout && !run.stderr, `${args}`);
	}
	// What the help, the manual and the completion name.
	const source = path.join(__dirname, '../../../tools/vgpu-device-plugin');
	const read = (name) => fs.readFileSync(path.join(source, name), 'utf8');
	const names = (text, pattern) => [...new Set(text.match(pattern)
		.map((name) => name.replace(/^.*?-+/, '')))].sort();
	const help = names(spawnSync(program, ['--help'], { encoding: 'utf8' })
		.stdout, /--[a-z][a-z-]*/g);

	is(names(read('man/vgpu-device-plugin.8')
		.match(/The options are:[^]*\.Sh ANNOTATIONS/)[0],
	/(?<=^\.It.*)Fl -[a-z][a-z-]*/gm), help, 'the manual has the same options');
	is(names(read('completion/vgpu-device-plugin')
		.match(/compgen -W[^]*"/)[0], /--[a-z][a-z-]*/g).filter((n) => n),
	help, 'and so has the completion');
}

async function main() {
	for (const name of ['dri/renderD128', 'dri/renderD129', 'dri/card0',
		'nvidia0', 'nvidiactl']) {
		fs.mkdirSync(path.dirname(path.join(dev, name)), { recursive: true });
		fs.writeFileSync(path.join(dev, name), '');
	}
	fs.mkdirSync(dir);
	fs.mkdirSync(path.dirname(table));
	for (const test of [registers, watches, allocates, parts, unopened,
		prefers, refuses, endures, restarts, leavesOut, options])
		await test();
}

main().catch((err) => {
	console.log(`Bail out! ${err.stack.replace(/\n/g, ' ')}`);
	process.exitCode = 1;
}).then(() => {
	for (const child of running)
		child.kill('SIGKILL');
	process.exit(process.exitCode || done());
});
