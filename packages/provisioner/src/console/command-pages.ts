import { limitRequests } from '@understory/http/limits.ts';
import { type Request, type Response, Router } from 'express';
import { answerCommand, askingBy } from '../services/command-logins.ts';
import type { TokenRow } from '../store/access.ts';
import type { ComingIn } from './coming-in.ts';
import type { ConsoleKit } from './sign-in-pages.ts';

/** `/command`: whoever is signed in lets a command on some computer act as them. */
export function commandPages({
	context,
	show,
	ask,
}: Pick<ConsoleKit, 'context' | 'show'> & Pick<ComingIn, 'ask'>): Router {
	const router = Router();
	const slowly = limitRequests({ clock: context.clock, perMinute: 10, burst: 10 });

	function page(request: Request, response: Response, data: object, status = 200): void {
		const token = response.locals.token as TokenRow;
		show(request, response, 'command', 'access.command.title', { name: token.name, ...data }, status);
	}

	router.get('/command', async (request, response) => {
		if (!response.locals.token) return ask(request, response, '/command');
		page(request, response, {});
	});

	router.post('/command', slowly, async (request, response) => {
		if (!response.locals.token) return ask(request, response, '/command');
		const { code = '' } = request.body as { code?: unknown };
		const asking = await askingBy(context, String(code));
		if (!asking) return page(request, response, { bad: true, code }, 422);
		page(request, response, { asking });
	});

	router.post('/command/answer', slowly, async (request, response) => {
		const token = response.locals.token as TokenRow | undefined;
		if (!token) return ask(request, response, '/command');
		const { id = '', answer } = request.body as Record<string, string | undefined>;
		await answerCommand(context, String(id), answer === 'yes' ? token : null);
		page(request, response, { answered: answer === 'yes' ? 'allowed' : 'refused' });
	});
	return router;
}
