/** Text that shows nothing: spaces, control characters, and what Unicode calls default ignorable (UAX #44). */
const visible = /[^\p{Cc}\p{Z}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/u;

export function isBlank(text: string): boolean {
  return !visible.test(text);
}
