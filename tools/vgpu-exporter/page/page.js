// SPDX-License-Identifier: GPL-2.0
// The live page: it asks for /status.json every few seconds and changes what
// is there rather than making it anew, so that whoever reads keeps their place.
"use strict";

const EVERY_MS = 3000;
const SVG = "http://www.w3.org/2000/svg";

const el = (id) => document.getElementById(id);
let latest = null;
let sortKey = "used";
let descending = true;
let paused = false;
const cards = new Map();
const rows = new Map();

function bytes(n) {
	const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
	let i = 0;

	while (n >= 1024 && i < units.length - 1) {
		n /= 1024;
		i++;
	}
	return (i ? n.toFixed(n < 10 ? 2 : 1) : n) + " " + units[i];
}

function percent(ratio) {
	return ratio === null ? "not known" : (100 * ratio).toFixed(1) + " %";
}

// Only what differs is written: a screen reader hears no more than that.
function setText(node, text) {
	if (node.textContent !== text)
		node.textContent = text;
}

function make(name, parent, className) {
	const node = document.createElement(name);

	if (className)
		node.className = className;
	if (parent)
		parent.append(node);
	return node;
}

function makeBar(parent, label, className) {
	const bar = make("span", parent, "bar " + className);

	make("span", bar);
	bar.setAttribute("role", "meter");
	bar.setAttribute("aria-label", label);
	bar.setAttribute("aria-valuemin", "0");
	bar.setAttribute("aria-valuemax", "100");
	return bar;
}

function setBar(bar, ratio, text) {
	const value = ratio === null ? 0 : Math.min(100, 100 * ratio);

	bar.hidden = ratio === null;
	bar.firstChild.style.width = value + "%";
	bar.setAttribute("aria-valuenow", value.toFixed(1));
	bar.setAttribute("aria-valuetext", text);
}

function makeChart(parent) {
	const svg = document.createElementNS(SVG, "svg");

	svg.setAttribute("viewBox", "0 0 100 40");
	svg.setAttribute("preserveAspectRatio", "none");
	svg.setAttribute("role", "img");
	for (const name of ["used", "share"]) {
		const line = document.createElementNS(SVG, "polyline");

		line.setAttribute("class", name);
		svg.append(line);
	}
	parent.append(svg);
	return svg;
}

function points(values, most) {
	const step = 100 / 59;
	const from = 100 - step * (values.length - 1);

	return values.map((v, i) => v === null ? "" :
		(from + i * step).toFixed(1) + "," +
		(39 - 38 * Math.min(1, most ? v / most : 0)).toFixed(1)).
		filter((p) => p).join(" ");
}

function setChart(svg, item, most) {
	const used = item.history.used.filter((v) => v !== null);
	const share = item.history.share.filter((v) => v !== null);
	const top = most || Math.max(...used, 1);
	let label = "Memory";

	svg.children[0].setAttribute("points",
				     points(item.history.used, top));
	svg.children[1].setAttribute("points", points(item.history.share, 1));
	if (used.length)
		label += " from " + bytes(Math.min(...used)) + " to " +
			 bytes(Math.max(...used));
	else
		label += " not sampled yet";
	if (share.length)
		label += ", share of time up to " + percent(Math.max(...share));
	svg.setAttribute("aria-label", label);
}

function setMemory(part, used, limit, none) {
	const text = limit === null ? bytes(used) + none :
		     bytes(used) + " of " + bytes(limit);

	setText(part.memory, text);
	setBar(part.memoryBar, limit ? used / limit : null, text);
	part.memoryBar.classList.toggle("full", limit !== null &&
					used >= 0.95 * limit);
}

function setShare(part, share) {
	setText(part.share, percent(share));
	setBar(part.shareBar, share, percent(share));
}

function makeLine(parent, label) {
	const line = make("div", parent, "figure");

	line.append(label + ": ");
	return make("span", line);
}

function makeCard() {
	const card = { node: make("li") };

	card.name = make("h3", card.node);
	card.about = make("p", card.node);
	card.memory = makeLine(card.node, "Memory");
	card.memoryBar = makeBar(card.node, "Memory", "memory");
	card.share = makeLine(card.node, "Busy");
	card.shareBar = makeBar(card.node, "Busy", "share");
	card.chart = makeChart(card.node);
	return card;
}

function setCard(card, dev) {
	const about = [dev.driver || "no driver", dev.uuid,
		       dev.present ? "" : "absent"];

	setText(card.name, dev.name);
	setText(card.about, about.filter((s) => s).join(", "));
	setMemory(card, dev.used, dev.size, ", of an unknown size");
	setShare(card, dev.share);
	setChart(card.chart, dev, dev.size);
}

function makeCell(row, name, label) {
	const cell = make(name, row.node);

	if (label)
		cell.dataset.label = label;
	return cell;
}

function makeRow() {
	const row = { node: make("tr") };
	const head = makeCell(row, "th");
	let cell;

	head.scope = "row";
	row.cgroup = make("span", head);
	row.who = make("small", head);
	row.device = make("span", makeCell(row, "td", "Device"));
	cell = makeCell(row, "td", "Memory");
	row.memory = make("span", cell);
	row.memoryBar = makeBar(cell, "Memory", "memory");
	cell = makeCell(row, "td", "Share of time");
	row.share = make("span", cell);
	row.shareBar = makeBar(cell, "Share of time", "share");
	row.refused = make("span", makeCell(row, "td", "Refused"));
	row.chart = makeChart(makeCell(row, "td", "History"));
	return row;
}

function who(group) {
	if (group.job)
		return "Slurm job " + group.job +
		       (group.step ? ", step " + group.step : "");
	if (group.pod)
		return "Pod " + (group.namespace ? group.namespace + "/" : "") +
		       group.pod +
		       (group.container ? ", container " +
			group.container.slice(0, 63) : "");
	if (group.container)
		return group.engine + " container " +
		       group.container.slice(0, 12);
	return "";
}

function setRow(row, group) {
	setText(row.cgroup, group.cgroup);
	setText(row.who, who(group));
	setText(row.device, group.device);
	setMemory(row, group.used, group.limit, ", no limit");
	setShare(row, group.share);
	setText(row.refused, String(group.refused));
	setChart(row.chart, group, group.limit);
}

// Bring the children of a list into line with what is to be there.
function update(parent, known, items, keyOf, makeOne, setOne) {
	const keep = new Set();
	let at = parent.firstChild;

	for (const item of items) {
		const key = keyOf(item);
		let one = known.get(key);

		if (!one) {
			one = makeOne();
			known.set(key, one);
		}
		keep.add(key);
		setOne(one, item);
		if (one.node === at)
			at = at.nextSibling;
		else
			parent.insertBefore(one.node, at);
	}
	for (const [key, one] of known) {
		if (!keep.has(key)) {
			one.node.remove();
			known.delete(key);
		}
	}
}

function compare(a, b) {
	const x = a[sortKey] === null ? -1 : a[sortKey];
	const y = b[sortKey] === null ? -1 : b[sortKey];
	const order = x < y ? -1 : x > y ? 1 : 0;

	return descending ? -order : order;
}

function showGroups() {
	const wanted = el("filter").value.toLowerCase();
	const all = latest.groups.filter((g) =>
		(g.cgroup + " " + g.device + " " + who(g)).toLowerCase().
		includes(wanted));

	all.sort(compare);
	update(el("rows"), rows, all, (g) => g.cgroup_id + " " + g.device,
	       makeRow, setRow);
	setText(el("shown"), latest.rows > latest.groups.length ?
		all.length + " of the " + latest.groups.length +
		" largest, of " + latest.rows + " in all" :
		all.length + " of " + latest.rows);
}

const sentences = {
	"refused": (e) => bytes(e.bytes || 0) + " refused by a limit of " +
			  (e.limit === null ? "none" : bytes(e.limit)),
	"denied": (e) => "closed to a group with a quota: " + e.route,
	"point-lost": (e) => "a function is no longer interposed: " + e.route,
	"device-added": () => "device added",
	"device-removed": () => "device removed",
	"driver-attached": () => "driver attached",
	"driver-detached": () => "driver detached",
	"group-removed": () => "group removed",
	"quota-changed": () => "quota changed",
	"adopted": (e) => bytes(e.bytes || 0) + " adopted",
	"lost": () => "events were dropped",
	"group-frozen": () => "its work is held",
	"group-thawed": () => "its work goes on",
};

const bad = new Set(["refused", "denied", "point-lost", "lost"]);

function showEvents() {
	const list = el("events");
	const nodes = latest.events.map((e) => {
		const node = document.createElement("li");
		const time = make("time", node);
		const what = make("span", node, bad.has(e.type) ? "bad" : "");
		const about = [e.cgroup, e.device, e.driver, e.comm];

		time.dateTime = new Date(1000 * e.time).toISOString();
		time.textContent = new Date(1000 * e.time).
				   toLocaleTimeString() + " ";
		what.textContent = sentences[e.type] ? sentences[e.type](e) :
				   e.type;
		node.append(" " + about.filter((s) => s).join(", ") +
			    (e.count > 1 ? " (" + e.count + " times)" : ""));
		return node;
	});

	if (list.dataset.seen === JSON.stringify(latest.events))
		return;
	list.dataset.seen = JSON.stringify(latest.events);
	list.replaceChildren(...nodes);
	el("no-events").hidden = nodes.length > 0;
}

function show() {
	const lost = latest.drivers ? latest.drivers.filter((d) =>
		d.state !== "attached") : [];
	let state = "";

	if (latest.error)
		state = latest.error;
	else if (!latest.cgroup2)
		state = "No cgroup v2 is in use: no quota binds.";
	else if (lost.length)
		state = lost.map((d) => d.name + " is " + d.state).join(", ");
	el("state").classList.toggle("alarm", state !== "");
	setText(el("state"), state || (paused ? "Paused." : "Live."));
	setText(el("node"), latest.node ? "on " + latest.node : "");
	setText(el("version"), latest.version ?
		"Module " + latest.version + "." : "");
	for (const node of document.querySelectorAll(".span"))
		setText(node, latest.sample === 1 ? "minute" :
			latest.sample + " minutes");
	update(el("devices"), cards, latest.devices, (d) => d.name, makeCard,
	       setCard);
	el("no-devices").hidden = latest.devices.length > 0;
	showGroups();
	showEvents();
}

async function refresh() {
	try {
		const answer = await fetch("status.json");

		if (!answer.ok)
			throw new Error("status " + answer.status);
		latest = await answer.json();
		show();
	} catch (error) {
		el("state").classList.add("alarm");
		setText(el("state"), "The exporter does not answer. " +
			"What is shown is old.");
	}
}

async function live() {
	if (!paused && !document.hidden)
		await refresh();
	setTimeout(live, EVERY_MS);
}

function sortBy(button) {
	descending = sortKey === button.dataset.sort ? !descending :
		     button.dataset.sort !== "cgroup" &&
		     button.dataset.sort !== "device";
	sortKey = button.dataset.sort;
	for (const th of document.querySelectorAll("thead th"))
		th.removeAttribute("aria-sort");
	button.parentNode.setAttribute("aria-sort", descending ?
				       "descending" : "ascending");
	if (latest)
		showGroups();
}

for (const button of document.querySelectorAll("[data-sort]"))
	button.addEventListener("click", () => sortBy(button));
el("filter").addEventListener("input", () => latest && showGroups());
el("pause").addEventListener("click", () => {
	paused = !paused;
	el("pause").setAttribute("aria-pressed", String(paused));
	setText(el("state"), paused ? "Paused." : "Live.");
});
live();
