export { removeMember as POST } from "@/features/members/forms";
