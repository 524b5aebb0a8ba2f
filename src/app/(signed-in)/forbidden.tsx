import { MessagePage } from "@/components/ui/message-page";

export default function Forbidden() {
  return (
    <MessagePage title="Only administrators may see this">
      <p>Your account is a member of this installation. Ask an administrator if you need what is here.</p>
    </MessagePage>
  );
}
