//! System calls in another processor's language.
#![expect(unsafe_code, reason = "system calls by numbers that no library has")]

use std::arch::asm;

use nix::errno::Errno;
use nix::libc;

/// `kill(2)` as a 32-bit program calls it. What the kernel answers: 0, or an error's number with a minus.
pub(crate) fn kill_as_32_bit(pid: i32, signal: i32) -> i32 {
    let mut answer = 37;
    // SAFETY: it takes numbers only. The compiler keeps rbx for itself: it is put back.
    unsafe {
        asm!(
            "xchg rbx, {pid:r}", "int 0x80", "xchg rbx, {pid:r}",
            pid = inout(reg) i64::from(pid) => _, inout("eax") answer, in("ecx") signal,
        );
    }
    answer
}

/// `kill(2)` as an x32 program calls it; answers as above.
pub(crate) fn kill_as_x32(pid: i32, signal: i32) -> i32 {
    // SAFETY: it takes numbers only.
    let result = unsafe { libc::syscall(0x4000_0000 | libc::SYS_kill, pid, signal) };
    if result == 0 { 0 } else { -(Errno::last() as i32) }
}
