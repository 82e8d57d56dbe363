using CoreEngine.Runtime;

namespace CoreEngine.Tests.Scheduling;

/// <summary>What a test body does with its context.</summary>
public delegate void ContextAction(OperationContext context);
