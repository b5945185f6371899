import { NotFound } from '@understory/core/errors.ts';
import { beginUpgrade, type NewUpgrade, planUpgrade, steerUpgrade } from '../services/upgrades.ts';
import { big } from '../store/rows.ts';
import {
	findUpgrade,
	homesOfUpgrade,
	listUpgrades,
	type UpgradeHomeRow,
	type UpgradeRow,
} from '../store/upgrades.ts';
import { type ApiRequest, type ApiResponse, refuseLibraryTokens } from './exchange.ts';

export async function plan(request: ApiRequest): Promise<ApiResponse> {
	refuseLibraryTokens(request);
	return { body: await planUpgrade(request.context) };
}

export async function begin(request: ApiRequest): Promise<ApiResponse> {
	refuseLibraryTokens(request);
	const { context, services, id, token } = request;
	await beginUpgrade(context, request.body as Partial<NewUpgrade>, { id, by: token.name });
	services.goOnUpgrading();
	return services.accepted(id);
}

export async function list(request: ApiRequest): Promise<ApiResponse> {
	refuseLibraryTokens(request);
	return { body: { items: (await listUpgrades(request.context.database)).map(upgradeShape) } };
}

export async function get(request: ApiRequest): Promise<ApiResponse> {
	refuseLibraryTokens(request);
	const { context, params } = request;
	const upgrade = await findUpgrade(context.database, params.upgrade ?? '');
	if (!upgrade) throw new NotFound('There is no such upgrade.');
	const homes = await homesOfUpgrade(context.database, upgrade.id);
	return { body: { ...upgradeShape(upgrade), homes: homes.map(homeShape) } };
}

export async function steer(request: ApiRequest): Promise<ApiResponse> {
	refuseLibraryTokens(request);
	const { context, services, params, token } = request;
	const { state } = request.body as { state: 'running' | 'paused' | 'aborted' };
	const upgrade = await steerUpgrade(context, params.upgrade ?? '', state, token.name);
	services.goOnUpgrading();
	return { body: upgradeShape(upgrade) };
}

function upgradeShape({ id, version, undoes, state, wave, settings, message, asked, asked_by }: UpgradeRow) {
	return {
		...{ id, version, undoes, state, wave: wave + 1, message, asked: big(asked), asked_by },
		soak_minutes: settings.soak / 60_000,
		hours: settings.hours,
	};
}

function homeShape({ name, wave, state, message, at }: UpgradeHomeRow) {
	return { name, wave: wave + 1, state, message, at: big(at) };
}
