import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBranchFolder } from '@understory/branch/folder.ts';
import { type BranchParts, openBranch } from '@understory/branch/open-branch.ts';
import { createBranchViews } from '@understory/branch/views.ts';
import { systemClock } from '@understory/core/clock.ts';
import type { DesiredBranch } from '@understory/core/desired.ts';
import { silentLog } from '@understory/core/log.ts';
import { createDesign } from '@understory/design/design.ts';
import { listen } from '@understory/http/server.ts';
import { createOutgoing } from '@understory/outgoing/outgoing.ts';
import { call } from '../e2e/api.ts';
import type { Figure } from './run.ts';

const BRANCHES = 15;
const WARM = 40;

/** The first page of a folder that was closed (open, migrate nothing, render) and the same page again, over HTTP. */
export async function firstPages(): Promise<Figure[]> {
	const folder = mkdtempSync(join(tmpdir(), 'understory-bench-'));
	const outgoing = createOutgoing({ town: true });
	const parts: BranchParts = {
		clock: systemClock,
		log: silentLog,
		outgoing,
		views: createBranchViews(createDesign()),
		homeKey: randomBytes(32),
		registerView: () => null,
		settings: { town: true },
	};
	const cold: number[] = [];
	const warm: number[] = [];
	for (let at = 0; at < BRANCHES; at++) {
		const desired = wish(at);
		const path = join(folder, desired.branch.id);
		await createBranchFolder(path, desired, parts);
		let opening: ReturnType<typeof openBranch> | undefined;
		const server = await listen(
			(request, response) => {
				opening ??= openBranch(path, parts);
				opening.then((open) => open.handle(request, response));
			},
			{ port: 0 },
		);
		const host = new URL(desired.branch.origin).host;
		const page = async () => {
			const began = performance.now();
			const { status } = await call(server.port, 'GET', '/', { host, headers: { accept: 'text/html' } });
			if (status !== 200) throw new Error(`the page answered ${status}`);
			return performance.now() - began;
		};
		cold.push(await page());
		for (let again = 0; again < WARM; again++) warm.push(await page());
		await server.close();
		await (await opening)?.close();
	}
	await outgoing.close();
	rmSync(folder, { recursive: true, force: true });
	return [
		{
			name: 'first page of a closed branch',
			unit: 'ms',
			runs: cold,
			goal: 50,
			note: 'the first of the runs also compiles the templates.',
		},
		{ name: 'a first page, warm', unit: 'ms', runs: warm, goal: 5 },
	];
}

function wish(at: number): DesiredBranch {
	const id = `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`;
	const address = { street: '1 Bench Street', city: 'Portland', region: 'OR', postcode: '97201' };
	return {
		type: 'understory/desired-branch/v1',
		home: 'bench',
		generation: 1,
		issued: Date.now(),
		expires: Date.now() + 60_000,
		library: {
			id: 'bench',
			slug: 'bench',
			name: 'Bench Library',
			zone: 'America/Los_Angeles',
			languages: ['en', 'es'],
			card_origin: 'http://card.bench.localhost:4000',
			accountability_origin: 'http://accountability.bench.localhost:4000',
			card_digits: 14,
			sample: true,
		},
		branch: {
			id,
			slug: `bench-${at}`,
			name: `Bench ${at}`,
			code: 'BENC',
			cloth: 'fern',
			kind: 'branch',
			stage: 'open',
			origin: `http://bench-${at}.bench.localhost:4000`,
			federation: 'neighborhood',
			home: 'bench',
			epoch: 1,
			branch_key: null,
			sector: id,
			address,
			phone: null,
			door: {
				host: 'June Aldaba',
				place: 'The desk by the front door',
				hours: [{ weekday: 2, from: 600, to: 1080 }],
				deputy: 'Calvin Osei-Brandt',
				phone: null,
			},
			policies: [],
			appeal_partner: 'The moderation team',
			neighborhoods: [],
		},
		neighborhoods: [],
	};
}
