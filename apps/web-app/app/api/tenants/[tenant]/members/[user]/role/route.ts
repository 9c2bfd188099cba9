export { changeRole as POST } from "@/features/members/forms";
