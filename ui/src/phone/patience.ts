/** A line that hangs is no line: whoever waits is told so after a while, and what is kept is shown instead. */
import { Problem } from "@/api/client";

/** Milliseconds that a page waits for something that it has in an older form. */
export const PATIENCE = 8000;

/** The answer, or a {@link Problem} as of a broken line where it does not come in time. */
export async function within<T>(wait: number, coming: Promise<T>, where = ""): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Problem(0, "unreachable", "", where, "")), wait);
  });
  try {
    return await Promise.race([coming, late]);
  } finally {
    clearTimeout(timer);
  }
}
