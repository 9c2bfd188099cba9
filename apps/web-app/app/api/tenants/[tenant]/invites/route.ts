export { inviteMember as POST } from "@/features/members/forms";
