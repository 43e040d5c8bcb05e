//! One thing that a process does, and whether it survives that.

use std::sync::{Arc, Mutex};

use loyalty_core::domain::{GroupOperation, Write};
use loyalty_core::operator::{Operator, SettleScope};
use uuid::Uuid;

use crate::server::{Process, Server};
use crate::world::World;

pub(crate) type Client = Arc<Operator<Server>>;

/// What a process does.
pub(crate) enum Deed {
    Write(Write),
    Send,
    Settle(SettleScope),
    Group(GroupOperation),
    Resend(Uuid),
    Forget(Uuid),
}

/// Lets a process do something, unless it dies of it.
pub(crate) async fn alive(client: &Client, process: &Process, world: &Mutex<World>, deed: Deed) -> bool {
    tokio::select! {
        biased;
        () = process.death.notified() => false,
        () = perform(client, world, deed) => true,
    }
}

pub(crate) async fn perform(client: &Client, world: &Mutex<World>, deed: Deed) {
    match deed {
        // An error is an answer: what it says is compared with the books at the end.
        Deed::Write(write) => drop(client.write(write).await),
        Deed::Send => drop(client.send_prepared(|_, _| {}).await.unwrap()),
        Deed::Settle(scope) => drop(client.settle(scope).await.unwrap()),
        Deed::Resend(key) => drop(client.resend(key).await),
        Deed::Forget(key) => {
            if client.forget(key).await.is_ok() {
                let mut world = world.lock().unwrap();
                world.note(|| format!("{key} is forgotten"));
                world.forgotten.insert(key);
                world.forgotten_just_now.push(key);
            }
        }
        Deed::Group(operation) => drop(client.refill_group(&operation).await),
    }
}
