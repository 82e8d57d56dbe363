using System.Runtime.ExceptionServices;

namespace CoreEngine.Data;

/// <summary>Has a thread of its own make batches ahead of those who ask for them.</summary>
internal sealed class BatchQueue
{
    private readonly Lock _making = new();
    private readonly object _gate = new();
    private readonly IBatchSource _source;
    private readonly int _capacity;
    private readonly Queue<DataBatch> _ready = new();
    private ExceptionDispatchInfo? _error;
    private bool _isOver;
    private bool _isStopped;
    private bool _mustRestart;
    private bool _restartsAfterWrap;

    internal BatchQueue(IBatchSource source, int capacity)
    {
        _source = source;
        _capacity = capacity;
        if (capacity > 0)
        {
            var thread = new Thread(Run) { IsBackground = true, Name = "CoreEngine data" };
            thread.Start();
        }
    }

    /// <summary>The next batch; null when the epoch is over.</summary>
    internal DataBatch? Take()
    {
        if (_capacity == 0)
            return MakeHere();
        lock (_gate)
        {
            while (_ready.Count == 0 && !_isOver && _error is null && !_isStopped)
            {
                Monitor.Wait(_gate);
            }

            ObjectDisposedException.ThrowIf(_isStopped, typeof(DataIterator));
            if (_ready.TryDequeue(out DataBatch? batch))
            {
                Monitor.PulseAll(_gate);
                return batch;
            }

            _error?.Throw();
            return null;
        }
    }

    /// <summary>Starts an epoch; batches made ahead are dropped.</summary>
    internal void Restart(bool afterWrap)
    {
        if (_capacity == 0)
        {
            lock (_making)
            {
                _source.Restart(afterWrap);
            }

            return;
        }

        lock (_gate)
        {
            DropReady();
            _mustRestart = true;
            _restartsAfterWrap = afterWrap;
            _error = null;
            _isOver = false;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Ends the thread and closes the source.</summary>
    internal void Stop()
    {
        lock (_gate)
        {
            if (_isStopped)
                return;
            _isStopped = true;
            DropReady();
            Monitor.PulseAll(_gate);
        }

        if (_capacity == 0)
            _source.Dispose();
    }

    private DataBatch? MakeHere()
    {
        lock (_making)
        {
            ObjectDisposedException.ThrowIf(_isStopped, typeof(DataIterator));
            return _source.Next();
        }
    }

    private void Run()
    {
        while (WaitForWork(out bool restarts, out bool afterWrap))
        {
            DataBatch? batch = null;
            ExceptionDispatchInfo? error = null;
            try
            {
                if (restarts)
                    _source.Restart(afterWrap);
                batch = _source.Next();
            }
            catch (Exception failure)
            {
                // Whoever takes the next batch gets it.
                error = ExceptionDispatchInfo.Capture(failure);
            }

            Keep(batch, error);
        }

        _source.Dispose();
    }

    private bool WaitForWork(out bool restarts, out bool afterWrap)
    {
        lock (_gate)
        {
            while (!_isStopped && !_mustRestart && (_isOver || _error is not null || _ready.Count >= _capacity))
            {
                Monitor.Wait(_gate);
            }

            (restarts, afterWrap) = (_mustRestart, _restartsAfterWrap);
            _mustRestart = false;
            return !_isStopped;
        }
    }

    private void Keep(DataBatch? batch, ExceptionDispatchInfo? error)
    {
        lock (_gate)
        {
            if (_isStopped || _mustRestart)
            {
                batch?.Dispose();
                return;
            }

            _error = error;
            _isOver = batch is null && error is null;
            if (batch is not null)
                _ready.Enqueue(batch);
            Monitor.PulseAll(_gate);
        }
    }

    private void DropReady()
    {
        while (_ready.TryDequeue(out DataBatch? batch))
        {
            batch.Dispose();
        }
    }
}
