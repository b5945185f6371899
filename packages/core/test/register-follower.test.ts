import { PublicError } from '@understory/core/errors.ts';
import type { Register } from '@understory/core/register.ts';
import { followRegisters, type RegisterPorts } from '@understory/core/register-follower.ts';
import { expect } from 'chai';

function register(version: number, host = 'belmont.multnomah.localhost:4000'): Register {
	return {
		type: 'understory/register/v1',
		version,
		issued: 0,
		library: { id: 'lib', slug: 'multnomah' },
		branches: [{ id: 'b1', origin: `http://${host}` }],
		grants: [],
		policies: [],
		contacts: [],
		rosters: [],
	} as unknown as Register;
}

function bed(first: Register | null) {
	const state = {
		current: first,
		alive: true,
		genuine: true,
		asked: [] as string[],
		kept: new Map<string, string>(),
	};
	const ports: RegisterPorts = {
		async get(path, ifNoneMatch) {
			state.asked.push(path);
			if (!state.alive) throw new Error('ECONNREFUSED');
			if (path.endsWith('/registers')) {
				const libraries = state.current ? [{ id: 'lib', version: state.current.version }] : [];
				return { status: 200, etag: null, body: JSON.stringify({ libraries }) };
			}
			const etag = `"${state.current!.version}"`;
			if (ifNoneMatch === etag) return { status: 304, etag, body: '' };
			return { status: 200, etag, body: JSON.stringify(state.current) };
		},
		verify: () => state.genuine,
		keep: async (id, body) => void state.kept.set(id, body),
		kept: async () => [...state.kept.values()],
	};
	return { state, follower: followRegisters(ports), again: () => followRegisters(ports) };
}

async function refusal(work: Promise<unknown>): Promise<PublicError> {
	const error = await work.then(
		() => null,
		(thrown: unknown) => thrown,
	);
	expect(error).to.be.instanceOf(PublicError);
	return error as PublicError;
}

describe('following a register', () => {
	it('knows a branch by its host, after the first pull', async () => {
		const { follower } = bed(register(1));
		expect(follower.byHost('belmont.multnomah.localhost:4000')).to.equal(undefined);
		await follower.pull();
		expect(follower.byHost('belmont.multnomah.localhost:4000')?.branch.id).to.equal('b1');
	});

	it('never goes back to an older version', async () => {
		const { state, follower } = bed(register(5));
		await follower.pull();
		state.current = register(4);
		await follower.pull();
		expect(follower.registers.get('lib')?.version).to.equal(5);
	});

	it('keeps what it knows when the provisioner is dead, and says so', async () => {
		const { state, follower } = bed(register(1));
		await follower.pull();
		state.alive = false;
		expect((await refusal(follower.pull())).code).to.equal('provisioner_silent');
		expect(follower.registers.get('lib')?.version).to.equal(1);
	});

	it('starts from its last good copy without asking anybody', async () => {
		const { state, follower, again } = bed(register(3));
		await follower.pull();
		state.alive = false;
		const restarted = again();
		await restarted.load();
		expect(restarted.registers.get('lib')?.version).to.equal(3);
	});

	it('leaves a register aside that the platform did not sign', async () => {
		const { state, follower } = bed(register(1));
		state.genuine = false;
		await follower.pull();
		expect(follower.registers.size).to.equal(0);
		expect(state.kept.size).to.equal(0);
	});

	it('pulls that overlap each see what was current when they asked', async () => {
		const { state, follower } = bed(register(1));
		const first = follower.pull();
		state.current = register(2);
		await Promise.all([first, follower.pull()]);
		expect(follower.registers.get('lib')?.version).to.equal(2);
	});
});
