//! What a process can run: a function, and its arguments as a tuple.

/// A function that captures nothing, called with the tuple `Args`: `fn(A, B)` is a `Target<(A, B)>`.
/// There are up to six arguments.
///
/// A child is another process: what a closure captured (references, locks, open files) would be copied
/// or lost without a word. So what the child needs goes through the arguments, where it can be seen, and
/// a target has to be of size zero: a named function or a closure without captures. That is checked when
/// the program is built.
pub trait Target<Args>: Copy + 'static {
    /// What the function returns.
    type Output;

    /// Calls the function, in the process that calls this: the child's side of a spawn.
    fn call(self, args: Args) -> Self::Output;
}

// One implementation for each number of arguments, up to six.
macro_rules! target {
    ($($argument:ident)*) => {
        impl<Function, R, $($argument),*> Target<($($argument,)*)> for Function
        where
            Function: Fn($($argument),*) -> R + Copy + 'static,
        {
            type Output = R;

            #[allow(non_snake_case, reason = "a type's name serves as its argument's name")]
            fn call(self, ($($argument,)*): ($($argument,)*)) -> R {
                self($($argument),*)
            }
        }
    };
}

target!();
target!(A);
target!(A B);
target!(A B C);
target!(A B C D);
target!(A B C D E);
target!(A B C D E F);

/// Fails the build, with this message, for a target that captures something: for whoever takes a [`Target`],
/// as `const { assert_captures_nothing::<T>() }`.
pub const fn assert_captures_nothing<T>() {
    assert!(
        size_of::<T>() == 0,
        "a target must capture nothing: hand over what it needs in args (a function pointer is too much, too)"
    );
}
