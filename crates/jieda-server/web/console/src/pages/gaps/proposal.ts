/** What is proposed for a group of missed questions, in words. */
import type { GapGroup } from "../../api/types";

/** The id, and the question where it is known. A bare id stands apart from the words after it. */
function nameOf(group: GapGroup, id: string): string {
  const question = group.candidates.find((candidate) => candidate.faq === id)?.question;
  return question ? `${id}《${question}》` : `${id} `;
}

export function proposalInWords(group: GapGroup): string {
  const { kind, faqs = [], question, similar = [] } = group.proposal;
  const [first = "", second = ""] = faqs.map((id) => nameOf(group, id));
  switch (kind) {
    case "new_faq":
      return `新增常见问题“${question ?? group.title}”`;
    case "similar_question":
      return similar.length > 0
        ? `把这 ${similar.length} 种问法加到 ${first.trim()}`
        : `检查 ${first.trim()}，这些问法它已经有了，却没有答出来`;
    case "conflicting_faqs":
      return `${first}和 ${second}容易混淆，请合并或改写`;
    case "review_answer":
      return `检查 ${first}的答案，客户看了不满意`;
  }
}
