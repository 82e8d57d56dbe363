namespace CoreEngine.Runtime;

internal sealed class Waiter { }
