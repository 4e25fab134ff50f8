import type { Request, Response } from 'express';
import passport from 'passport';
import CustomStrategy from 'passport-custom';

/** Asks one strategy about a request: what it found, or null where the credential is not good. */
export type AskStrategy<Input, Found> = (req: Request, input: Input) => Promise<Found | null>;

/** Passport, reduced to what is used of it: named strategies, each asked for its verdict. No sessions, no redirects. */
export class PassportGate {
  private readonly passport = new passport.Passport();

  /**
   * Registers a strategy.
   * @param verify what it finds, or null; what it throws reaches whoever asks.
   */
  strategy<Input, Found>(
    name: string,
    verify: (req: Request, input: Input) => Promise<Found | null>,
  ): AskStrategy<Input, Found> {
    const strategy = new CustomStrategy(
      { passOptionsToCallback: true },
      (req, options: { input: Input }, done) => void tell(verify(req, options.input), done),
    );
    this.passport.use(name, strategy);
    return (req, input) => this.ask(name, req, input);
  }

  private ask<Input, Found>(name: string, req: Request, input: Input): Promise<Found | null> {
    return new Promise((resolve, reject) => {
      const options = { session: false, input };
      const judge = this.passport.authenticate(
        name,
        options,
        (error: Error | null, found?: Found | false | null) => {
          if (error) reject(error);
          else resolve(found || null);
        },
      );
      judge(req, req.res as Response, reject);
    });
  }
}

/** Passport does not listen to promises: one that fails unheard would leave the request hanging. */
async function tell<Found>(
  verdict: Promise<Found | null>,
  done: (error: unknown, found?: Found | false) => void,
): Promise<void> {
  let found: Found | null;
  try {
    found = await verdict;
  } catch (error) {
    done(error);
    return;
  }
  done(null, found ?? false);
}
